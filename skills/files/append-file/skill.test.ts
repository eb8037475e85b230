// append-file adds once, and can say so after a death even when others have added since.
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
} from '../testing.ts';
import { contract } from './contract.ts';
import { handler } from './handler.ts';

const skill = { contract, handler };
const path = 'todo.txt';
const input = { path, text: 'eggs' };
const content = (workspace: string) => readFileSync(join(workspace, path), 'utf8');

describeSkill(skill, onFiles);
describeEscapes(skill, (one) => ({ path: one, text: 'x' }));
describeNoFile(skill, (one) => ({ path: one, text: 'x' }));

test.each([
  ['', 'eggs', 'eggs\n'],
  ['milk', 'eggs', 'milk\neggs\n'],
  ['milk\n', 'eggs', 'milk\neggs\n'],
  ['milk\n', 'eggs\nbread\n', 'milk\neggs\nbread\n'],
])('to %j comes %j on lines of its own', async (before, text, after) => {
  const { workspace } = await runSkill(skill, { ...onFiles, files: { [path]: before }, input: { path, text } });
  expect(content(workspace)).toBe(after);
});

test('reads well', async () => {
  const { text, workspace } = await runSkill(skill, { ...onFiles, input });
  expect(text).toBe('Created todo.txt (5 B).');
  expect((await runSkill(skill, { ...onFiles, workspace, input })).text).toBe('Added to todo.txt, which is now 10 B.');
});

test('loses none of many at once', async () => {
  const workspace = createSkillWorkspace({});
  // One agent: its calls share an adapter, and with it the turns they take.
  const adapters = onFiles.adapters(workspace);
  const run = () => runSkill(skill, { adapters: () => adapters, workspace, input });
  await Promise.all(Array.from({ length: 10 }, run));
  expect(content(workspace)).toBe('eggs\n'.repeat(10));
});

test('refuses a file that does not hold text, and leaves it', async () => {
  const workspace = createSkillWorkspace({ [path]: Uint8Array.of(1, 0, 2) });
  await expect(runSkill(skill, { ...onFiles, workspace, input })).rejects.toMatchObject({ reason: 'binary' });
  expect([...readFileSync(join(workspace, path))]).toEqual([1, 0, 2]);
});

describe.each([
  ['a new file', {}],
  ['a file with lines', { [path]: 'milk\n' }],
])('after a death, for %s', (_, files: Record<string, string>) => {
  const reconcile = (workspace: string, noted: JsonValue | undefined) =>
    reconcileSkill(skill, { ...onFiles, input, workspace, noted });

  test('before the note or the effect, or with half a temporary file: not done', async () => {
    const workspace = createSkillWorkspace(files);
    expect(await reconcile(workspace, undefined)).toEqual({ outcome: 'not-done' });
    const noted = await dieAtNote(skill, { ...onFiles, input, workspace });
    expect(await reconcile(workspace, noted)).toEqual({ outcome: 'not-done' });
    leaveTemporaryFile(workspace);
    expect(await reconcile(workspace, noted)).toEqual({ outcome: 'not-done' });
  });

  test('after the rename: done, with the answer that was lost', async () => {
    const { workspace, output, notes } = await runSkill(skill, { ...onFiles, input, files });
    expect(await reconcile(workspace, notes.at(-1))).toEqual({ outcome: 'done', output });
  });

  test('after the rename, when others have added since: done', async () => {
    const { workspace, notes } = await runSkill(skill, { ...onFiles, input, files });
    appendFileSync(join(workspace, path), 'by somebody else\n');
    expect(await reconcile(workspace, notes.at(-1))).toMatchObject({ outcome: 'done' });
  });

  test('when the file is gone or altogether another: unknown', async () => {
    const { workspace, notes } = await runSkill(skill, { ...onFiles, input, files });
    writeFileSync(join(workspace, path), 'something else');
    expect(await reconcile(workspace, notes.at(-1))).toEqual({ outcome: 'unknown' });
  });
});

describe('after a death before the effect', () => {
  test('others have added meanwhile: not done', async () => {
    const workspace = createSkillWorkspace({ [path]: 'milk\n' });
    const noted = await dieAtNote(skill, { ...onFiles, input, workspace });
    appendFileSync(join(workspace, path), 'by somebody else\n');
    expect(await reconcileSkill(skill, { ...onFiles, input, workspace, noted })).toEqual({ outcome: 'not-done' });
  });

  test('the file has been deleted meanwhile: unknown, since it may have been after the effect', async () => {
    const workspace = createSkillWorkspace({ [path]: 'milk\n' });
    const noted = await dieAtNote(skill, { ...onFiles, input, workspace });
    rmSync(join(workspace, path));
    expect(await reconcileSkill(skill, { ...onFiles, input, workspace, noted })).toEqual({ outcome: 'unknown' });
  });
});
