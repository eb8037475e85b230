// Downloads what an address gives and attaches it.
import { defineHandler } from '@switchboard/contract';
import { inOnePiece } from '../pieces.ts';
import { contract } from './contract.ts';

export const handler = defineHandler(contract, {
  async run(ctx, input) {
    const { url, name, mediaType, bytes } = await ctx.page.download(input.url);
    return { url, file: await ctx.artifact({ name, mediaType, content: inOnePiece(bytes) }) };
  },
});
