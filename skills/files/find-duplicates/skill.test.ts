// find-duplicates names files that are the same to the byte, and nothing else.
import { linkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createSkillWorkspace, describeEscapes, describeSkill, onFiles, runSkill } from '../testing.ts';
import { contract } from './contract.ts';
import { handler } from './handler.ts';

const skill = { contract, handler };

describeSkill(skill, onFiles);
describeEscapes(skill, (path) => ({ path }));

test('reads well', async () => {
  const files = { 'a.txt': 'same', 'b/a.txt': 'same', 'x.jpg': '0'.repeat(2000), 'y.jpg': '0'.repeat(2000) };
  const { text } = await runSkill(skill, { ...onFiles, files, input: {} });
  expect(text).toBe(
    [
      'In the workspace, 2 files are there more than once; 2.0 kB could be freed.',
      '',
      '2.0 kB each:',
      '  x.jpg',
      '  y.jpg',
      '4 B each:',
      '  a.txt',
      '  b/a.txt',
    ].join('\n'),
  );
  expect((await runSkill(skill, { ...onFiles, files: { a: '1' }, input: {} })).text).toBe(
    'There are no duplicates among the 1 file in the workspace.',
  );
});

test('the same size is not the same content', async () => {
  const { output } = await runSkill(skill, { ...onFiles, files: { a: 'one', b: 'two' }, input: {} });
  expect(output).toMatchObject({ groups: [], total: 0, bytes: 0, compared: 2 });
});

test('what cannot be compared is counted', async () => {
  const workspace = createSkillWorkspace({ a: 'same', b: 'same' });
  linkSync(join(workspace, 'a'), join(workspace, 'c'));
  const { output, text } = await runSkill(skill, { ...onFiles, workspace, input: {} });
  expect(output).toMatchObject({ groups: [], skipped: 2 });
  expect(text).toMatch(/2 files or folders could not be compared\.$/);
});
