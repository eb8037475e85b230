// share-file gives the very bytes of a file, under its own name and no path.
import { artifactBytesMax } from '@switchboard/contract';
import { expect, test } from 'vitest';
import { describeEscapes, describeNoFile, describeSkill, onFiles, runSkill } from '../testing.ts';
import { contract } from './contract.ts';
import { handler } from './handler.ts';

const skill = { contract, handler };
const share = (path: string, content: string | Uint8Array) =>
  runSkill(skill, { ...onFiles, files: { [path]: content }, input: { path } });

describeSkill(skill, onFiles);
describeEscapes(skill, (path) => ({ path }));
describeNoFile(skill, (path) => ({ path }));

test('reads well', async () => {
  expect((await share('notes/todo.txt', 'buy milk')).text).toBe('notes/todo.txt (8 B) is attached.');
});

test.each([
  ['photos/cat.JPG', 'cat.JPG', 'image/jpeg'],
  ['a.tar.gz', 'a.tar.gz', 'application/gzip'],
  ['Makefile', 'Makefile', 'application/octet-stream'],
  ['.png', '.png', 'image/png'],
  ['x.constructor', 'x.constructor', 'application/octet-stream'],
  ['größe.ods', 'größe.ods', 'application/vnd.oasis.opendocument.spreadsheet'],
])('%s is %s, of type %s', async (path, name, mediaType) => {
  const bytes = Uint8Array.from([0, 255, 10, 13]);
  const { output, artifacts } = await share(path, bytes);
  expect(output).toMatchObject({ path, file: { name, mediaType, bytes: 4 } });
  expect(artifacts.map(({ content }) => [...content])).toEqual([[...bytes]]);
});

test('an empty file is a file', async () => {
  expect((await share('empty.txt', '')).output).toMatchObject({ file: { bytes: 0 } });
});

test('more than an attachment may hold is refused', async () => {
  await expect(share('huge.bin', Buffer.alloc(artifactBytesMax + 1))).rejects.toMatchObject({ reason: 'too-large' });
});

test('says what is missing, and takes nothing but a path', async () => {
  const run = (input: Record<string, unknown>) => runSkill(skill, { ...onFiles, input });
  await expect(run({ path: 'notes/none.txt' })).rejects.toMatchObject({ reason: 'not-found' });
  for (const input of [{}, { path: '' }, { path: 'a', more: true }]) {
    await expect(run(input)).rejects.toMatchObject({ name: 'ZodError' });
  }
});
