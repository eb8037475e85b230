// summarize-folder counts all beneath a folder.
import { symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createSkillWorkspace, describeEscapes, describeSkill, onFiles, runSkill } from '../testing.ts';
import { contract } from './contract.ts';
import { handler } from './handler.ts';

const skill = { contract, handler };

describeSkill(skill, onFiles);
describeEscapes(skill, (path) => ({ path }));

test('reads well', async () => {
  const workspace = createSkillWorkspace({ 'a/list.txt': 'eggs', 'photo.JPG': 'x'.repeat(2_340_000) });
  utimesSync(join(workspace, 'a/list.txt'), new Date('2026-02-03T04:05:06Z'), new Date('2026-02-03T04:05:06Z'));
  const { text } = await runSkill(skill, { ...onFiles, workspace, input: {} });
  expect(text).toBe(
    [
      'The workspace holds 2 files and 1 folder, 2.3 MB in all.',
      '',
      'By kind:',
      '  .jpg  1 file  2.3 MB',
      '  .txt  1 file  4 B',
      '',
      'Largest:',
      '  photo.JPG   2.3 MB',
      '  a/list.txt  4 B',
      '',
      'Newest:',
      '  a/list.txt  2026-02-03 04:05 UTC',
      '  photo.JPG   2026-01-01 00:00 UTC',
    ].join('\n'),
  );
});

test('names no more than a few, and does not count links as files', async () => {
  const workspace = createSkillWorkspace(Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`${n}.k${n}`, 'x'])));
  symlinkSync('/etc/passwd', join(workspace, 'link'));
  const { output } = await runSkill(skill, { ...onFiles, workspace, input: {} });
  expect(output).toMatchObject({ files: 12, bytes: 12 });
  expect(output['kinds']).toHaveLength(10);
  expect(output['largest']).toHaveLength(5);
});

test.each([
  ['a.txt', 'not-folder'],
  ['none', 'not-found'],
])('refuses %s with %s', async (path, reason) => {
  const run = runSkill(skill, { ...onFiles, files: { 'a.txt': '' }, input: { path } });
  await expect(run).rejects.toMatchObject({ reason });
});
