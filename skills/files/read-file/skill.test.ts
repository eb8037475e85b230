// read-file shows text whole, or says that it does not.
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { describeEscapes, describeNoFile, describeSkill, onFiles, runSkill } from '../testing.ts';
import { contract } from './contract.ts';
import { handler } from './handler.ts';

const skill = { contract, handler };
const read = (path: string, content: string | Uint8Array) =>
  runSkill(skill, { ...onFiles, files: { [path]: content }, input: { path } });

describeSkill(skill, onFiles);
describeEscapes(skill, (path) => ({ path }));
describeNoFile(skill, (path) => ({ path }));

test('reads well', async () => {
  expect((await read('notes/todo.txt', 'buy milk')).text).toBe('notes/todo.txt (8 B):\n\nbuy milk');
  expect((await read('empty.txt', '')).text).toBe('empty.txt is empty.');
});

test('shows what a terminal would obey, and gives the bytes as they are', async () => {
  const { output, text } = await read('log.txt', 'red \u001b[31malert\r\n');
  expect(text).toBe('log.txt (16 B):\n\nred \\u{1b}[31malert\n');
  expect(output['text']).toBe('red \u001b[31malert\r\n');
});

describe('a long file', () => {
  const line = 'all work and no play makes a dull day\n';

  test('is shown from its beginning, marked as such, and attached whole', async () => {
    const content = line.repeat(10_000);
    const { output, text, artifacts } = await read('long.txt', content);
    expect(output).toMatchObject({ size: content.length, truncated: true });
    expect(content.startsWith(String(output['text']))).toBe(true);
    expect(String(output['text'])).toHaveLength(64 * 1024);
    expect(text).toMatch(/This is only the beginning: the whole file is attached\.$/);
    expect(artifacts).toHaveLength(1);
    expect(Buffer.from(artifacts[0]?.content ?? []).toString()).toBe(content);
    expect(output['artifact']).toMatchObject({
      name: 'long.txt',
      bytes: content.length,
      sha256: createHash('sha256').update(content).digest('hex'),
    });
  });

  test('is attached as soon as it is not said whole, though the output holds all of it', async () => {
    const content = line.repeat(600);
    const { output, text, artifacts } = await read('middle.txt', content);
    expect(output).toMatchObject({ text: content, truncated: false });
    expect(text).toMatch(/only the beginning/);
    expect(artifacts).toHaveLength(1);
  });

  test('past what can be attached is still shown, and says so', async () => {
    const { output, text, artifacts } = await read('huge.txt', Buffer.alloc(16 * 1024 * 1024 + 1, line));
    expect(output).toMatchObject({ truncated: true });
    expect(text).toMatch(/the file is too large to attach\.$/);
    expect(artifacts).toEqual([]);
  });

  test('is never cut within a character', async () => {
    const { output } = await read('umlauts.txt', `x${'ä'.repeat(40_000)}`);
    expect(output['text']).toBe(`x${'ä'.repeat((64 * 1024 - 2) / 2)}`);
    expect(output).toMatchObject({ truncated: true, lossy: false });
  });

  test('whose JSON would be too large for an answer is cut sooner', async () => {
    const { output } = await read('lines.txt', '\n'.repeat(64 * 1024));
    expect(output).toMatchObject({ truncated: true });
    expect(JSON.stringify(output).length).toBeLessThan(100 * 1024);
  });
});

describe('a file that is not UTF-8 text', () => {
  test.each([
    ['with zero bytes', Uint8Array.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2])],
    ['of random bytes', Uint8Array.from({ length: 64 }, (_, n) => 0x80 + n)],
    ['in UTF-16', Buffer.from('buy milk', 'utf16le')],
  ])('%s is refused, and file-info is named', async (_, content) => {
    await expect(read('photo.jpg', content)).rejects.toMatchObject({
      reason: 'binary',
      message: expect.stringContaining('info about photo.jpg'),
    });
  });

  test('but mostly text is shown, and says that something is missing', async () => {
    const { output, text } = await read(
      'latin1.txt',
      Buffer.from('Grüße aus Köln am Rhein, bis bald und alles Gute', 'latin1'),
    );
    expect(output).toMatchObject({ lossy: true });
    expect(output['text']).toContain('K\ufffdln');
    expect(text).toContain('some characters could not be read');
  });

  test('cut off at its end is lossy too', async () => {
    const { output } = await read('cut.txt', Buffer.from('a long enough line of text, ending in ä').subarray(0, -1));
    expect(output).toMatchObject({ lossy: true, truncated: false });
  });
});

test('says what is missing', async () => {
  const run = runSkill(skill, { ...onFiles, input: { path: 'notes/none.txt' } });
  await expect(run).rejects.toMatchObject({
    reason: 'not-found',
    message: 'There is no notes/none.txt in the workspace.',
  });
});

test('takes nothing but a path', async () => {
  for (const input of [{}, { path: '' }, { path: 'x'.repeat(1025) }, { path: 1 }, { path: 'a', more: true }]) {
    await expect(runSkill(skill, { ...onFiles, input })).rejects.toMatchObject({ name: 'ZodError' });
  }
});
