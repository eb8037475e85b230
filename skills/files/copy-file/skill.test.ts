// copy-file makes a whole copy, replaces nothing, and knows after a death whether it has.
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonValue } from '@switchboard/contract';
import { describe, expect, test } from 'vitest';
import {
  createSkillWorkspace,
  describeEscapes,
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
const files = { 'notes/todo.txt': 'buy milk', 'notes/old/list.txt': 'eggs' };

describeSkill(skill, onFiles);
describeEscapes(
  skill,
  (path) => ({ from: path, to: 'target.txt' }),
  (path) => ({ from: 'mine/b.txt', to: path }),
);

test('reads well', async () => {
  const copy = async (from: string, to: string) =>
    (await runSkill(skill, { ...onFiles, files, input: { from, to } })).text;
  expect(await copy('notes/todo.txt', 'notes/old')).toBe('Copied the file notes/todo.txt to notes/old/todo.txt.');
  expect(await copy('notes', 'backup')).toBe('Copied the folder notes to backup (2 files).');
});

test.each([
  ['a file that is there', { from: 'a.txt', to: 'b.txt' }, 'exists'],
  ['itself', { from: 'folder', to: 'folder/in/itself' }, 'not-allowed'],
  ['nothing to copy', { from: 'none', to: 'x' }, 'not-found'],
  ['a folder with a link in it', { from: 'linked', to: 'x/y' }, 'path-escapes'],
])('refuses %s and changes nothing', async (_, input, reason) => {
  const workspace = createSkillWorkspace({ 'a.txt': 'a', 'b.txt': 'b', 'folder/a.txt': 'other', 'linked/a.txt': '' });
  symlinkSync('/etc', join(workspace, 'linked/etc'));
  const before = workspaceState(workspace);
  await expect(runSkill(skill, { ...onFiles, workspace, input })).rejects.toMatchObject({ reason });
  expect(workspaceState(workspace)).toEqual(before);
});

describe.each([
  ['a file', { from: 'notes/todo.txt', to: 'backup/list.txt' }, 'backup/list.txt'],
  ['a folder', { from: 'notes', to: 'backup/notes' }, 'backup/notes/old/list.txt'],
])('after a death while copying %s', (_, input, copied) => {
  test('before the note or the effect, or with half a copy under a temporary name: not done', async () => {
    const workspace = createSkillWorkspace(files);
    const reconcile = (noted: JsonValue | undefined) => reconcileSkill(skill, { ...onFiles, input, workspace, noted });
    expect(await reconcile(undefined)).toEqual({ outcome: 'not-done' });
    const noted = await dieAtNote(skill, { ...onFiles, input, workspace });
    expect(await reconcile(noted)).toEqual({ outcome: 'not-done' });
    mkdirSync(join(workspace, 'backup/.sb-dead-turn-1.tmp/old'), { recursive: true });
    leaveTemporaryFile(workspace, 'backup/.sb-dead-turn-1.tmp/old');
    expect(await reconcile(noted)).toEqual({ outcome: 'not-done' });
    await runSkill(skill, { ...onFiles, input, workspace, invocationId: 'dead-turn-1-2' });
    expect(Object.keys(workspaceState(workspace)).filter((path) => path.includes('.tmp'))).toEqual([]);
  });

  test('after the rename: done, with the answer that was lost; changed since: unknown', async () => {
    const { workspace, output, notes } = await runSkill(skill, { ...onFiles, input, files });
    const reconcile = () => reconcileSkill(skill, { ...onFiles, input, workspace, noted: notes.at(-1) });
    expect(await reconcile()).toEqual({ outcome: 'done', output });
    writeFileSync(join(workspace, copied), 'changed since');
    expect(await reconcile()).toEqual({ outcome: 'unknown' });
  });
});
