// file-info tells what a path is, and counts a text right wherever its pieces end.
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createSkillWorkspace, describeEscapes, describeSkill, onFiles, runSkill } from '../testing.ts';
import { contract } from './contract.ts';
import { handler } from './handler.ts';

const skill = { contract, handler };
const info = (path: string, content: string | Uint8Array) =>
  runSkill(skill, { ...onFiles, files: { [path]: content }, input: { path } });

describeSkill(skill, onFiles);
describeEscapes(skill, (path) => ({ path }));

test('reads well', async () => {
  expect((await info('todo.txt', 'buy milk\n')).text).toMatch(
    /^todo\.txt is a file of 9 B with 1 line and 2 words\. It was last changed on 2026-01-01 00:00 UTC\.\nSHA-256: [0-9a-f]{64}$/,
  );
  expect((await info('a.jpg', Uint8Array.of(0))).text).toMatch(/^a\.jpg is a file of 1 B that does not hold text\. /);
  const folder = await runSkill(skill, { ...onFiles, files: { 'notes/a': '' }, input: { path: '.' } });
  expect(folder.text).toMatch(/^The workspace is a folder with 1 entry\. /);
});

test.each([
  ['', 0, 0],
  ['one', 1, 1],
  ['one\n', 1, 1],
  ['one\ntwo three', 2, 3],
  ['\n\n', 2, 0],
  ['ä'.repeat(300_000), 1, 1],
  ['word '.repeat(100_000), 1, 100_000],
  [`${'x'.repeat(256 * 1024)} y\n`, 1, 2],
  [`${'x'.repeat(256 * 1024 - 1)} y`, 1, 2],
])('counts the lines and words of a text (%#)', async (content, lines, words) => {
  expect((await info('a.txt', content)).output).toMatchObject({ text: { lines, words } });
});

test('a link is named, not followed', async () => {
  const workspace = createSkillWorkspace({});
  symlinkSync('/etc/passwd', join(workspace, 'link'));
  const { output } = await runSkill(skill, { ...onFiles, workspace, input: { path: 'link' } });
  expect(output).toMatchObject({ kind: 'link', size: 0 });
  expect(output).not.toHaveProperty('sha256');
});

test('refuses what is not there', async () => {
  const run = runSkill(skill, { ...onFiles, input: { path: 'none' } });
  await expect(run).rejects.toMatchObject({ reason: 'not-found' });
});
