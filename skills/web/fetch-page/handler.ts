// Reads a page, and attaches its text where that is long.
import { defineHandler } from '@switchboard/contract';
import { fileNameFor } from '../file-name.ts';
import { inOnePiece } from '../pieces.ts';
import { contract } from './contract.ts';

/** More does not fit into an answer with its links. */
const textBytesMax = 48 * 1024;
/** As many characters as are said. */
const saidCharactersMax = 12_000;
const linksMax = 100;
const linkBytesMax = 32 * 1024;

function within<T>(items: readonly T[], countMax: number, bytesMax: number): T[] {
  let left = bytesMax;
  return items.slice(0, countMax).filter((item) => {
    left -= Buffer.byteLength(JSON.stringify(item));
    return left >= 0;
  });
}

/** The longest beginning whose JSON has so many bytes. */
function beginning(text: string): string {
  let end = text.length;
  while (Buffer.byteLength(JSON.stringify(text.slice(0, end))) > textBytesMax) end = Math.floor(end * 0.8);
  return text.slice(0, end).toWellFormed();
}

export const handler = defineHandler(contract, {
  async run(ctx, { url }) {
    const { links, byline, language, ...read } = await ctx.page.read(url);
    const text = beginning(read.text);
    const output = {
      ...read,
      text,
      truncated: text.length < read.text.length,
      links: within(links, linksMax, linkBytesMax),
      ...(byline === undefined ? {} : { byline }),
      ...(language === undefined ? {} : { language }),
    };
    if (read.text.length <= saidCharactersMax) return output;
    const page = await ctx.artifact({
      name: fileNameFor(read, 'txt'),
      mediaType: 'text/plain; charset=utf-8',
      content: inOnePiece(Buffer.from(read.text)),
    });
    return { ...output, page };
  },
});
