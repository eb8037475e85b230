// search-files finds words in names and texts, and says what it did not look into.
import { linkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createSkillWorkspace, describeEscapes, describeSkill, onFiles, runSkill } from '../testing.ts';
import { contract } from './contract.ts';
import { handler } from './handler.ts';

const skill = { contract, handler };
const find = (files: Record<string, string | Uint8Array>, query: string, path?: string) =>
  runSkill(skill, { ...onFiles, files, input: { query, ...(path && { path }) } });

describeSkill(skill, onFiles);
describeEscapes(skill, (path) => ({ query: 'secret', path }));

test('reads well', async () => {
  const { text } = await find(
    { 'notes/todo.txt': 'eggs\nbuy Milk\n', 'milk/a.txt': 'x', 'milk.jpg': Uint8Array.of(0) },
    'milk',
  );
  expect(text).toBe(
    [
      '“milk” is in 1 text and in 2 names in the workspace:',
      '',
      '  milk/',
      '  milk.jpg',
      '  notes/todo.txt:2  buy Milk',
    ].join('\n'),
  );
  expect((await find({ 'a.txt': 'x', 'b.jpg': Uint8Array.of(0) }, 'milk')).text).toBe(
    'Nothing in the workspace has “milk” in its name or text; 1 text and the names of 1 other file searched.',
  );
});

test('searches one file too, and its first lines only', async () => {
  const { output } = await find({ 'a.txt': 'milk\n'.repeat(9), 'b.txt': 'milk' }, 'MILK', 'a.txt');
  const lines = [1, 2, 3].map((number) => ({ number, text: 'milk' }));
  expect(output).toMatchObject({ matches: [{ path: 'a.txt', lines }], searched: 1 });
});

test('shows a long line around the words', async () => {
  const { output } = await find({ 'a.txt': `${'x'.repeat(500)}milk${'y'.repeat(500)}` }, 'milk');
  expect(output).toMatchObject({ matches: [{ lines: [{ text: `…${'x'.repeat(80)}milk${'y'.repeat(76)}…` }] }] });
});

test('the words are plain text, never a pattern', async () => {
  expect((await find({ 'a.txt': 'a+b (c) .*', 'b.txt': 'aab c' }, 'a+b (c) .*')).output).toMatchObject({
    matches: [{ path: 'a.txt' }],
  });
});

test('counts what it could not look into, and says so', async () => {
  const workspace = createSkillWorkspace({ 'a.txt': 'milk', 'b.bin': Uint8Array.of(109, 0) });
  writeFileSync(join(workspace, 'huge.txt'), 'milk');
  truncateSync(join(workspace, 'huge.txt'), 4 * 1024 * 1024 + 1);
  linkSync(join(workspace, 'a.txt'), join(workspace, 'hard.txt'));
  const { output, text } = await runSkill(skill, { ...onFiles, workspace, input: { query: 'milk' } });
  expect(output).toMatchObject({ matches: [], searched: 0, binary: 1, skipped: 3 });
  expect(text).toMatch(/3 files or folders could not be looked into\.$/);
});

test('stops at too many matches, and says so', async () => {
  const files = Object.fromEntries(Array.from({ length: 120 }, (_, n) => [`${n}.txt`, 'milk']));
  const { output, text } = await find(files, 'milk');
  expect(output).toMatchObject({ cut: 'matches' });
  expect(output['matches']).toHaveLength(100);
  expect(text).toMatch(/It stopped early \(too many matches\): there may be more\.$/);
});

test('exactly as many matches as it shows is not too many', async () => {
  const files = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`${n}.txt`, 'milk']));
  expect((await find(files, 'milk')).output).toMatchObject({ cut: 'no' });
});

test('stops when it is canceled', async () => {
  const signal = AbortSignal.abort(new Error('canceled'));
  const run = runSkill(skill, { ...onFiles, files: { 'a.txt': '' }, input: { query: 'x' }, signal });
  await expect(run).rejects.toThrow('canceled');
});

test('refuses a folder that is not there, and no words', async () => {
  await expect(find({}, 'milk', 'none')).rejects.toMatchObject({ reason: 'not-found' });
  await expect(find({}, '')).rejects.toMatchObject({ name: 'ZodError' });
});
