// delete-folder takes a folder with all in it, goes on after a death, and knows when it is done.
import { mkdirSync, rmSync } from 'node:fs';
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
const input = { path: 'notes' };
const files = { 'notes/todo.txt': 'buy milk', 'notes/old/list.txt': 'eggs', 'keep.txt': 'keep' };

describeSkill(skill, onFiles);
describeEscapes(skill, (path) => ({ path }));

test('reads well, and says that everything goes', async () => {
  expect((await runSkill(skill, { ...onFiles, files, input })).text).toBe(
    'Deleted the folder notes and everything in it (2 files).',
  );
  expect(contract.ask?.(input)).toBe('Delete the folder notes and everything in it, for good. This cannot be undone.');
});

test.each([
  ['keep.txt', 'not-folder'],
  ['none', 'not-found'],
  ['.', 'not-allowed'],
])('refuses %s with %s and changes nothing', async (path, reason) => {
  const workspace = createSkillWorkspace(files);
  const before = workspaceState(workspace);
  await expect(runSkill(skill, { ...onFiles, workspace, input: { path } })).rejects.toMatchObject({ reason });
  expect(workspaceState(workspace)).toEqual(before);
});

describe('after a death', () => {
  test('before the effect or in the middle of it: not done, and the next attempt takes the rest', async () => {
    const workspace = createSkillWorkspace(files);
    expect(await reconcileSkill(skill, { ...onFiles, input, workspace, noted: undefined })).toEqual({
      outcome: 'not-done',
    });
    const noted = await dieAtNote(skill, { ...onFiles, input, workspace });
    expect(await reconcileSkill(skill, { ...onFiles, input, workspace, noted })).toEqual({ outcome: 'not-done' });
    rmSync(join(workspace, 'notes/old'), { recursive: true });
    expect(await reconcileSkill(skill, { ...onFiles, input, workspace, noted })).toEqual({ outcome: 'not-done' });
    await runSkill(skill, { ...onFiles, input, workspace });
    expect(Object.keys(workspaceState(workspace))).toEqual(['keep.txt']);
    const found = await reconcileSkill(skill, { ...onFiles, input, workspace, noted });
    expect(found).toEqual({ outcome: 'done', output: { path: 'notes' } });
  });

  test('when another folder has come in its place: unknown', async () => {
    const { workspace, notes } = await runSkill(skill, { ...onFiles, input, files });
    mkdirSync(join(workspace, 'notes'));
    const found = await reconcileSkill(skill, { ...onFiles, input, workspace, noted: notes.at(-1) });
    expect(found).toEqual({ outcome: 'unknown' });
  });
});
