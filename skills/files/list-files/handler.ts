// Lists a folder; of a file it says what it is, and shows it when it is short.
import { defineHandler } from '@switchboard/contract';
import { nameOf, tidy } from '../path-field.ts';
import { decodeText, fitItems, fitText, inlineTextBytesMax } from '../text-content.ts';
import { contract } from './contract.ts';

const entriesMax = 500;

export const handler = defineHandler(contract, {
  async run(ctx, input) {
    const path = tidy(input.path);
    const info = await ctx.files.info(path);
    if (info.kind === 'folder') {
      const found = await ctx.files.list(path);
      const entries = found.map(({ path: full, kind, size, modifiedAt }) => {
        return { name: nameOf(full), kind, size, modifiedAt: modifiedAt.toISOString() };
      });
      return { path, kind: 'folder' as const, total: entries.length, entries: fitItems(entries, entriesMax) };
    }
    const { bytes, size } = await ctx.files.read(path, { bytesMax: inlineTextBytesMax });
    const whole = bytes.length === size;
    const decoded = decodeText(bytes, { whole });
    const shown = decoded !== undefined && whole && !decoded.lossy && fitText(decoded.text) === decoded.text;
    const file = { size, binary: decoded === undefined, ...(shown ? { text: decoded.text } : {}) };
    return { path, kind: 'file' as const, total: 0, entries: [], file };
  },
});
