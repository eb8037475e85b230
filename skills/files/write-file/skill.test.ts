// write-file leaves exactly the text, keeps what was there, and can say what became of it after a death.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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
const input = { path: 'notes/todo.txt', text: 'buy bread' };

describeSkill(skill, onFiles);
describeEscapes(skill, (path) => ({ path, text: 'x' }));
describeNoFile(skill, (path) => ({ path, text: 'x' }));

test('reads well', async () => {
  const { text, workspace } = await runSkill(skill, { ...onFiles, input });
  expect(text).toBe('Created notes/todo.txt (9 B).');
  expect((await runSkill(skill, { ...onFiles, workspace, input })).text).toBe(
    'notes/todo.txt holds this text already (9 B).',
  );
  const more = { ...input, text: '' };
  expect((await runSkill(skill, { ...onFiles, workspace, input: more })).text).toBe(
    'Wrote notes/todo.txt (0 B). What it held before (9 B) is kept as an attachment.',
  );
});

test('keeps what the file held, byte for byte', async () => {
  const before = Uint8Array.from([0, 255, 1, 2]);
  const { artifacts, workspace } = await runSkill(skill, { ...onFiles, files: { 'notes/todo.txt': before }, input });
  expect(artifacts.map(({ content }) => [...content])).toEqual([[...before]]);
  expect(readFileSync(join(workspace, 'notes/todo.txt'), 'utf8')).toBe('buy bread');
});

test('shows whoever approves the whole text', () => {
  const text = 'line\n'.repeat(20_000);
  expect(contract.ask?.({ path: 'a.txt', text })).toContain(text);
});

test('refuses more text than one call takes', async () => {
  const run = runSkill(skill, { ...onFiles, input: { path: 'a.txt', text: 'x'.repeat(100_001) } });
  await expect(run).rejects.toMatchObject({ name: 'ZodError' });
});

describe.each([
  ['a new file', {}],
  ['a file that is replaced', { 'notes/todo.txt': 'buy milk' }],
])('after a death, for %s', (_, files) => {
  const target = (workspace: string) => join(workspace, 'notes/todo.txt');

  test('before the note: not done', async () => {
    const workspace = createSkillWorkspace(files);
    expect(await reconcileSkill(skill, { ...onFiles, input, workspace, noted: undefined })).toEqual({
      outcome: 'not-done',
    });
  });

  test('before the effect, or with half a temporary file: not done, and the next attempt does it', async () => {
    const workspace = createSkillWorkspace({ ...files, 'notes/': '' });
    const noted = await dieAtNote(skill, { ...onFiles, input, workspace });
    expect(await reconcileSkill(skill, { ...onFiles, input, workspace, noted })).toEqual({ outcome: 'not-done' });
    leaveTemporaryFile(workspace, 'notes');
    expect(await reconcileSkill(skill, { ...onFiles, input, workspace, noted })).toEqual({ outcome: 'not-done' });
    const turn = 'dead-turn';
    await runSkill(skill, { ...onFiles, input, workspace, invocationId: `${turn}-1-2` });
    expect(Object.keys(workspaceState(workspace))).toEqual(['notes', 'notes/todo.txt']);
    expect(readFileSync(target(workspace), 'utf8')).toBe('buy bread');
  });

  test('after the rename: done, with the answer that was lost', async () => {
    const { workspace, output, notes } = await runSkill(skill, { ...onFiles, input, files });
    const found = await reconcileSkill(skill, { ...onFiles, input, workspace, noted: notes.at(-1) });
    expect(found).toEqual({ outcome: 'done', output });
  });

  test('when somebody else has written since: unknown', async () => {
    const { workspace, notes } = await runSkill(skill, { ...onFiles, input, files });
    writeFileSync(target(workspace), 'something else');
    const found = await reconcileSkill(skill, { ...onFiles, input, workspace, noted: notes.at(-1) });
    expect(found).toEqual({ outcome: 'unknown' });
  });
});
