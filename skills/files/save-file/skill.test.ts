// save-file leaves exactly what was made elsewhere, keeps what was there, and can say what became of it after a death.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Artifact, sha256 } from '@switchboard/contract';
import { describe, expect, test } from 'vitest';
import {
  createSkillWorkspace,
  describeEscapes,
  describeNoFile,
  describeSkill,
  dieAtNote,
  leaveTemporaryFile,
  milk,
  onFiles,
  reconcileSkill,
  runSkill,
  workspaceState,
} from '../testing.ts';
import { contract } from './contract.ts';
import { handler } from './handler.ts';

const skill = { contract, handler };
const { id } = milk;
const bytes = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0, 255, 10]);
const content = (name = 'page.png', whole: Uint8Array = bytes): Artifact => ({
  id,
  name,
  mediaType: 'image/png',
  bytes: whole.length,
  sha256: sha256(whole),
});
const setup = { ...onFiles, contents: { [id]: bytes } };
const input = { content: content(), path: 'notes/page.png' };

describeSkill(skill, onFiles);
describeEscapes(skill, (path) => ({ content: milk, path }));
describeNoFile(skill, (path) => ({ content: milk, path }), 'folders');

test('reads well', async () => {
  const { text, workspace } = await runSkill(skill, { ...setup, input });
  expect(text).toBe('Saved notes/page.png (7 B).');
  expect([...readFileSync(join(workspace, 'notes/page.png'))]).toEqual([...bytes]);
  expect((await runSkill(skill, { ...setup, workspace, input })).text).toBe('notes/page.png holds this already (7 B).');
  writeFileSync(join(workspace, 'notes/page.png'), 'old');
  const { text: again, artifacts } = await runSkill(skill, { ...setup, workspace, input });
  expect(again).toBe('Saved notes/page.png (7 B). What it held before (3 B) is kept as an attachment.');
  expect(artifacts.map(({ content: kept }) => Buffer.from(kept).toString())).toEqual(['old']);
});

test('a folder gets it under the name that it came with', async () => {
  const run = (name: string, path: string) =>
    runSkill(skill, { ...setup, files: { 'notes/': '' }, input: { content: content(name), path } });
  expect((await run('page.png', 'notes')).output).toMatchObject({ path: 'notes/page.png' });
  expect((await run('page.png', 'new/')).output).toMatchObject({ path: 'new/page.png' });
  expect((await run('../../x', 'notes/')).output).toMatchObject({ path: 'notes/x' });
});

test.each([
  ['..', 'path-escapes'],
  ['a\\..\\..\\x', 'path-escapes'],
  ['a\u0000.png', 'path-escapes'],
  ['a\u001b[2J.png', 'bad-name'],
  ['x'.repeat(255), undefined],
  ['/', 'is-folder'],
])('a hostile name, %j, leads nowhere else', async (name, reason) => {
  const workspace = createSkillWorkspace({ 'notes/': '' });
  const run = runSkill(skill, { ...setup, workspace, input: { content: content(name), path: 'notes/' } });
  if (reason === undefined) await expect(run).resolves.toMatchObject({ output: { path: `notes/${name}` } });
  else await expect(run).rejects.toMatchObject({ code: 'skill-failed', reason });
  expect(Object.keys(workspaceState(workspace)).every((path) => path === 'notes' || path === `notes/${name}`)).toBe(
    true,
  );
});

test('whoever approves reads what comes from where, and sees a name for what it is', () => {
  expect(contract.ask?.({ content: content('a\u202egnp.exe'), path: 'b.png' })).toBe(
    'Save a\\u{202e}gnp.exe (image/png, 7 B) as b.png, in place of anything that is there.',
  );
});

test('what is not kept any more, or not what was promised, changes nothing', async () => {
  const workspace = createSkillWorkspace({ 'notes/page.png': 'old' });
  const before = workspaceState(workspace);
  const nothing = { ...setup, contents: {} };
  await expect(runSkill(skill, { ...nothing, workspace, input })).rejects.toMatchObject({ reason: 'gone' });
  const cut = async function* (): AsyncGenerator<Uint8Array> {
    yield bytes.subarray(0, 3);
    throw new Error('it is not what was promised');
  };
  const cutting = {
    ...handler,
    run: ((ctx, given) => handler.run({ ...ctx, content: cut }, given)) as typeof handler.run,
  };
  await expect(runSkill({ contract, handler: cutting }, { ...onFiles, workspace, input })).rejects.toThrow('promised');
  expect(workspaceState(workspace)).toEqual(before);
});

describe.each([
  ['a new file', {}],
  ['a file that is replaced', { 'notes/page.png': 'old' }],
])('after a death, for %s', (_, files) => {
  test('before the note: not done', async () => {
    const workspace = createSkillWorkspace(files);
    const found = await reconcileSkill(skill, { ...setup, input, workspace, noted: undefined });
    expect(found).toEqual({ outcome: 'not-done' });
  });

  test('before the effect, or with half a temporary file: not done, and the next attempt does it', async () => {
    const workspace = createSkillWorkspace({ ...files, 'notes/': '' });
    const noted = await dieAtNote(skill, { ...setup, input, workspace });
    expect(await reconcileSkill(skill, { ...setup, input, workspace, noted })).toEqual({ outcome: 'not-done' });
    leaveTemporaryFile(workspace, 'notes');
    await runSkill(skill, { ...setup, input, workspace, invocationId: 'dead-turn-1-2' });
    expect(Object.keys(workspaceState(workspace))).toEqual(['notes', 'notes/page.png']);
  });

  test('after the rename: done, with the answer that was lost', async () => {
    const { workspace, output, notes } = await runSkill(skill, { ...setup, input, files });
    const found = await reconcileSkill(skill, { ...setup, input, workspace, noted: notes.at(-1) });
    expect(found).toEqual({ outcome: 'done', output });
  });

  test('when somebody else has written since: unknown', async () => {
    const { workspace, notes } = await runSkill(skill, { ...setup, input, files });
    writeFileSync(join(workspace, 'notes/page.png'), 'something else');
    const found = await reconcileSkill(skill, { ...setup, input, workspace, noted: notes.at(-1) });
    expect(found).toEqual({ outcome: 'unknown' });
  });
});
