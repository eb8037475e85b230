// replace-text changes what matches and nothing else, and can say what became of it after a death.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonValue } from '@switchboard/contract';
import { describe, expect, test } from 'vitest';
import {
  createSkillWorkspace,
  describeEscapes,
  describeNoFile,
  describeSkill,
  dieAtNote,
  leaveTemporaryFile,
  onFiles,
  reconcileSkill,
  runSkill,
  workspaceState,
} from '../testing.ts';
import { contract } from './contract.ts';
import { handler } from './handler.ts';

const skill = { contract, handler };
const path = 'todo.txt';
const input = { path, oldText: 'milk', newText: 'oat milk' };
const files = { [path]: 'milk, milk\n' };

describeSkill(skill, onFiles);
describeEscapes(skill, (one) => ({ ...input, path: one }));
describeNoFile(skill, (one) => ({ ...input, path: one }));

test('reads well, and keeps what the file held', async () => {
  const { text, artifacts } = await runSkill(skill, { ...onFiles, files, input });
  expect(text).toBe('Changed todo.txt in 2 places. What it held before is kept as an attachment.');
  expect(Buffer.from(artifacts[0]?.content ?? []).toString()).toBe('milk, milk\n');
});

test.each([
  ['a byte order mark stays', '\ufeffmilk', '\ufeffoat milk'],
  ['what looks like a pattern is plain text', 'm.lk milk $&', 'm.lk oat milk $&'],
  ['line ends stay as they are', 'milk\r\nmilk\r\n', 'oat milk\r\noat milk\r\n'],
])('%s', async (_, before, after) => {
  const { workspace } = await runSkill(skill, { ...onFiles, files: { [path]: before }, input });
  expect(readFileSync(join(workspace, path), 'utf8')).toBe(after);
});

test.each([
  ['no-match', 'eggs'],
  ['binary', Uint8Array.of(109, 105, 108, 107, 0)],
  ['binary', Buffer.from('milk für Ömer, a line long enough to be text', 'latin1')],
])('refuses with %s and changes nothing', async (reason, content) => {
  const workspace = createSkillWorkspace({ [path]: content });
  const before = workspaceState(workspace);
  await expect(runSkill(skill, { ...onFiles, workspace, input })).rejects.toMatchObject({ reason });
  expect(workspaceState(workspace)).toEqual(before);
});

test('makes neither file nor folder where there is none', async () => {
  const workspace = createSkillWorkspace({});
  const run = runSkill(skill, { ...onFiles, workspace, input: { ...input, path: 'a/b.txt' } });
  await expect(run).rejects.toMatchObject({ reason: 'not-found' });
  expect(workspaceState(workspace)).toEqual({});
});

describe('after a death', () => {
  test('before the note or the effect, or with half a temporary file: not done', async () => {
    const workspace = createSkillWorkspace(files);
    const reconcile = (noted: JsonValue | undefined) => reconcileSkill(skill, { ...onFiles, input, workspace, noted });
    expect(await reconcile(undefined)).toEqual({ outcome: 'not-done' });
    const noted = await dieAtNote(skill, { ...onFiles, input, workspace });
    expect(await reconcile(noted)).toEqual({ outcome: 'not-done' });
    leaveTemporaryFile(workspace);
    expect(await reconcile(noted)).toEqual({ outcome: 'not-done' });
  });

  test('after the rename: done, with the answer that was lost; changed since: unknown', async () => {
    const { workspace, output, notes } = await runSkill(skill, { ...onFiles, input, files });
    const reconcile = () => reconcileSkill(skill, { ...onFiles, input, workspace, noted: notes.at(-1) });
    expect(await reconcile()).toEqual({ outcome: 'done', output });
    writeFileSync(join(workspace, path), 'something else');
    expect(await reconcile()).toEqual({ outcome: 'unknown' });
  });
});
