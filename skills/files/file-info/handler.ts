// Looks at one thing; a file is read through for what its text counts.
import { defineHandler, type FilesRead } from '@switchboard/contract';
import { tidy } from '../path-field.ts';
import { decodeText } from '../text-content.ts';
import { contract } from './contract.ts';

/** Larger files are not read through: their size says enough. */
const readThroughBytesMax = 256 * 1024 * 1024;
const sampleBytes = 64 * 1024;

export const handler = defineHandler(contract, {
  async run(ctx, input) {
    const path = tidy(input.path);
    const { kind, size, modifiedAt } = await ctx.files.info(path);
    const known = { path, kind, size, modifiedAt: modifiedAt.toISOString() };
    if (kind === 'folder') return { ...known, entries: (await ctx.files.list(path)).length };
    if (kind !== 'file' || size > readThroughBytesMax) return known;
    const text = await countText(ctx.files, path);
    const sha256 = await ctx.files.hash(path);
    return { ...known, ...(text && { text }), ...(sha256 === undefined ? {} : { sha256 }) };
  },
});

/** undefined for a file that does not hold text. A last line without its end counts too. */
async function countText(files: FilesRead, path: string): Promise<{ lines: number; words: number } | undefined> {
  const sample = await files.read(path, { bytesMax: sampleBytes });
  if (decodeText(sample.bytes, { whole: sample.bytes.length === sample.size }) === undefined) return undefined;
  const decoder = new TextDecoder();
  const count = { lines: 0, words: 0 };
  let inWord = false;
  let last = '\n';
  for await (const piece of files.stream(path)) {
    const text = decoder.decode(piece, { stream: true });
    count.lines += text.split('\n').length - 1;
    const found = text.match(/\S+/gu)?.length ?? 0;
    // A word that goes on from the piece before was counted there.
    count.words += found - (inWord && /^\S/u.test(text) ? 1 : 0);
    if (text !== '') {
      inWord = /\S$/u.test(text);
      last = text.slice(-1);
    }
  }
  return last === '\n' ? count : { ...count, lines: count.lines + 1 };
}
