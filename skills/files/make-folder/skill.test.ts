// make-folder leaves a folder, however often it is asked.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createSkillWorkspace, describeEscapes, describeSkill, onFiles, runSkill, workspaceState } from '../testing.ts';
import { contract } from './contract.ts';
import { handler } from './handler.ts';

const skill = { contract, handler };

describeSkill(skill, onFiles);
describeEscapes(skill, (path) => ({ path }));

test('makes the folders on the way, and reads well', async () => {
  const { text, workspace } = await runSkill(skill, { ...onFiles, input: { path: 'photos/2026/' } });
  expect(text).toBe('Made the folder photos/2026.');
  expect(statSync(join(workspace, 'photos/2026')).isDirectory()).toBe(true);
});

test('again it ends the same', async () => {
  const { workspace } = await runSkill(skill, { ...onFiles, input: { path: 'notes' } });
  const before = workspaceState(workspace);
  const again = await runSkill(skill, { ...onFiles, workspace, input: { path: 'notes' } });
  expect(again.text).toBe('notes is there already.');
  expect(workspaceState(workspace)).toEqual(before);
});

test.each(['notes', 'notes/old'])('%s is refused where a file is', async (path) => {
  const workspace = createSkillWorkspace({ notes: 'a file' });
  await expect(runSkill(skill, { ...onFiles, workspace, input: { path } })).rejects.toMatchObject({
    reason: 'not-folder',
  });
});
