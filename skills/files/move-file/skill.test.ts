// move-file moves once, replaces nothing, and knows after a death whether it has.
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  createSkillWorkspace,
  describeEscapes,
  describeSkill,
  dieAtNote,
  onFiles,
  reconcileSkill,
  runSkill,
  workspaceState,
} from '../testing.ts';
import { contract } from './contract.ts';
import { handler } from './handler.ts';

const skill = { contract, handler };
const input = { from: 'notes/todo.txt', to: 'archive/' };
const files = { 'notes/todo.txt': 'buy milk' };

describeSkill(skill, onFiles);
describeEscapes(
  skill,
  (path) => ({ from: path, to: 'target.txt' }),
  (path) => ({ from: 'mine/b.txt', to: path }),
);

test('reads well', async () => {
  expect((await runSkill(skill, { ...onFiles, files, input })).text).toBe(
    'Moved the file notes/todo.txt to archive/todo.txt.',
  );
});

test.each([
  ['a file that is there', { from: 'a.txt', to: 'b.txt' }, 'exists'],
  ['a file of that name in the folder', { from: 'a.txt', to: 'folder' }, 'exists'],
  ['its own place', { from: 'a.txt', to: './a.txt' }, 'exists'],
  ['itself', { from: 'folder', to: 'folder/in/itself' }, 'not-allowed'],
  ['a place beneath a file', { from: 'folder', to: 'a.txt/x' }, 'not-folder'],
  ['nothing to move', { from: 'none', to: 'x' }, 'not-found'],
  ['the workspace', { from: '.', to: 'x' }, 'not-allowed'],
])('refuses %s and changes nothing', async (_, wrong, reason) => {
  const workspace = createSkillWorkspace({ 'a.txt': 'a', 'b.txt': 'b', 'folder/a.txt': 'other' });
  const before = workspaceState(workspace);
  await expect(runSkill(skill, { ...onFiles, workspace, input: wrong })).rejects.toMatchObject({ reason });
  expect(workspaceState(workspace)).toEqual(before);
});

describe('after a death', () => {
  test('before the note or the effect: not done, and the next attempt does it', async () => {
    const workspace = createSkillWorkspace(files);
    expect(await reconcileSkill(skill, { ...onFiles, input, workspace, noted: undefined })).toEqual({
      outcome: 'not-done',
    });
    const noted = await dieAtNote(skill, { ...onFiles, input, workspace });
    expect(await reconcileSkill(skill, { ...onFiles, input, workspace, noted })).toEqual({ outcome: 'not-done' });
    const { output } = await runSkill(skill, { ...onFiles, input, workspace });
    expect(await reconcileSkill(skill, { ...onFiles, input, workspace, noted })).toEqual({ outcome: 'done', output });
  });

  test('after the rename: done, with the answer that was lost, though a new file took the old place', async () => {
    const { workspace, output, notes } = await runSkill(skill, { ...onFiles, input, files });
    const reconcile = () => reconcileSkill(skill, { ...onFiles, input, workspace, noted: notes.at(-1) });
    expect(await reconcile()).toEqual({ outcome: 'done', output });
    writeFileSync(join(workspace, 'notes/todo.txt'), 'a new one');
    expect(await reconcile()).toEqual({ outcome: 'done', output });
  });

  test('when it is in neither place, or another is: unknown', async () => {
    const { workspace, notes } = await runSkill(skill, { ...onFiles, input, files });
    const reconcile = () => reconcileSkill(skill, { ...onFiles, input, workspace, noted: notes.at(-1) });
    renameSync(join(workspace, 'archive/todo.txt'), join(workspace, 'archive/elsewhere.txt'));
    expect(await reconcile()).toEqual({ outcome: 'unknown' });
    rmSync(join(workspace, 'archive/elsewhere.txt'));
    writeFileSync(join(workspace, 'archive/todo.txt'), 'buy milk');
    expect(await reconcile()).toEqual({ outcome: 'unknown' });
  });
});
