// delete-file takes one thing away, never more, and knows after a death whether it has.
import { symlinkSync, writeFileSync } from 'node:fs';
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
const input = { path: 'notes/todo.txt' };
const files = { 'notes/todo.txt': 'buy milk', 'notes/keep.txt': '' };

describeSkill(skill, onFiles);
describeEscapes(skill, (path) => ({ path }));

test('reads well, and says exactly what goes', async () => {
  expect((await runSkill(skill, { ...onFiles, files, input })).text).toBe('Deleted notes/todo.txt.');
  expect((await runSkill(skill, { ...onFiles, files: { 'a/': '' }, input: { path: 'a' } })).text).toBe(
    'Deleted the empty folder a.',
  );
  const path = `${'deep/'.repeat(100)}\u202egpj.exe`;
  expect(contract.ask?.({ path })).toBe(
    `Delete ${'deep/'.repeat(100)}\\u{202e}gpj.exe for good. This cannot be undone.`,
  );
});

test('takes a link and leaves what it leads to', async () => {
  const workspace = createSkillWorkspace(files);
  symlinkSync('notes', join(workspace, 'link'));
  const { text } = await runSkill(skill, { ...onFiles, workspace, input: { path: 'link' } });
  expect(text).toBe('Deleted the link link.');
  expect(Object.keys(workspaceState(workspace))).toEqual(['notes', 'notes/keep.txt', 'notes/todo.txt']);
});

test.each([
  ['notes', 'not-empty', 'Say “delete folder notes” to delete it with everything in it.'],
  ['none', 'not-found', 'There is no none in the workspace.'],
  ['.', 'not-allowed', 'the workspace itself'],
])('refuses %s with %s and changes nothing', async (path, reason, message) => {
  const workspace = createSkillWorkspace(files);
  const before = workspaceState(workspace);
  const run = runSkill(skill, { ...onFiles, workspace, input: { path } });
  await expect(run).rejects.toMatchObject({ reason, message: expect.stringContaining(message) });
  expect(workspaceState(workspace)).toEqual(before);
});

describe('after a death', () => {
  test('before the note or the effect: not done', async () => {
    const workspace = createSkillWorkspace(files);
    expect(await reconcileSkill(skill, { ...onFiles, input, workspace, noted: undefined })).toEqual({
      outcome: 'not-done',
    });
    const noted = await dieAtNote(skill, { ...onFiles, input, workspace });
    expect(await reconcileSkill(skill, { ...onFiles, input, workspace, noted })).toEqual({ outcome: 'not-done' });
  });

  test('after the effect: done, with the answer that was lost', async () => {
    const { workspace, output, notes } = await runSkill(skill, { ...onFiles, input, files });
    const found = await reconcileSkill(skill, { ...onFiles, input, workspace, noted: notes.at(-1) });
    expect(found).toEqual({ outcome: 'done', output });
  });

  test('when another file has come in its place: unknown, and the new one is left', async () => {
    const { workspace, notes } = await runSkill(skill, { ...onFiles, input, files });
    writeFileSync(join(workspace, 'notes/todo.txt'), 'a new one');
    const found = await reconcileSkill(skill, { ...onFiles, input, workspace, noted: notes.at(-1) });
    expect(found).toEqual({ outcome: 'unknown' });
  });
});
