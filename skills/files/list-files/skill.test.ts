// list-files answers "what is in …" for folders and for files.
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createSkillWorkspace, describeEscapes, describeSkill, onFiles, runSkill } from '../testing.ts';
import { contract } from './contract.ts';
import { handler } from './handler.ts';

const skill = { contract, handler };
const list = (files: Record<string, string | Uint8Array>, path?: string) =>
  runSkill(skill, { ...onFiles, files, input: path === undefined ? {} : { path } });

describeSkill(skill, onFiles);
describeEscapes(skill, (path) => ({ path }));

test('a folder reads as an aligned list', async () => {
  const { text } = await list(
    { 'notes/todo.txt': 'buy milk', 'notes/holiday.md': 'x'.repeat(1234), 'notes/old/': '' },
    'notes',
  );
  expect(text).toBe(
    [
      'notes holds 2 files and 1 folder:',
      '',
      '  holiday.md  1.2 kB  2026-01-01 00:00 UTC',
      '  old/        folder  2026-01-01 00:00 UTC',
      '  todo.txt    8 B     2026-01-01 00:00 UTC',
    ].join('\n'),
  );
});

test('one of each reads in the singular, and the workspace has a name', async () => {
  expect((await list({ 'a.txt': 'x' })).text).toMatch(/^The workspace holds 1 file:\n/);
  expect((await list({ 'a/': '' })).text).toMatch(/^The workspace holds 1 folder:\n/);
  expect((await list({})).text).toBe('The workspace is empty.');
});

test('a file is said to be one, and shown', async () => {
  expect((await list({ notes: 'buy milk' }, 'notes')).text).toBe('notes is a file (8 B):\n\nbuy milk');
  expect((await list({ notes: '' }, 'notes')).text).toBe('notes is an empty file.');
  expect((await list({ notes: Uint8Array.of(1, 0) }, 'notes')).text).toBe(
    'notes is a file (2 B) that does not hold text.',
  );
});

test('a long file is not shown in part, but named for read-file', async () => {
  const { output, text } = await list({ 'log.txt': 'x'.repeat(100_000) }, 'log.txt');
  expect(output).toMatchObject({ file: { size: 100_000, binary: false } });
  expect(text).toBe('log.txt is a text file (100 kB). Say “read log.txt” to see it.');
});

test('links are named, not followed', async () => {
  const workspace = createSkillWorkspace({});
  symlinkSync('/etc', join(workspace, 'etc'));
  const { output, text } = await runSkill(skill, { ...onFiles, workspace, input: {} });
  expect(output).toMatchObject({ entries: [{ name: 'etc', kind: 'link' }] });
  expect(text).toContain('1 link or device');
  await expect(runSkill(skill, { ...onFiles, workspace, input: { path: 'etc' } })).rejects.toMatchObject({
    reason: 'path-escapes',
  });
});

test('a folder too large for one answer says how much is not shown', async () => {
  const files = Object.fromEntries(Array.from({ length: 600 }, (_, n) => [`f/${n}.txt`, '']));
  const { output, text } = await list(files, 'f');
  expect(output).toMatchObject({ total: 600 });
  expect(output['entries']).toHaveLength(500);
  expect(text).toContain('holds 600 entries');
  expect(text).toContain('Only the first 500 of 600 are shown.');
});

test('long names are cut from what is said, never from the answer', async () => {
  const files = Object.fromEntries(Array.from({ length: 150 }, (_, n) => [`f/${'x'.repeat(200)}${n}`, '']));
  const { output, text } = await list(files, 'f');
  expect(output['entries']).toHaveLength(150);
  expect(text).toMatch(/… and \d+ more$/);
});

test('a name cannot pass itself off as another one', async () => {
  const { text } = await list({ 'a\nb.txt': '', '\u202egpj.exe': '' });
  expect(text).toContain('a\\u{a}b.txt');
  expect(text).toContain('\\u{202e}gpj.exe');
});

test('refuses what is not there', async () => {
  await expect(list({}, 'none')).rejects.toMatchObject({ reason: 'not-found' });
});
