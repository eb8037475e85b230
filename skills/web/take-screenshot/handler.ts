// Takes a picture of a page and attaches it.
import { defineHandler } from '@switchboard/contract';
import { fileNameFor } from '../file-name.ts';
import { inOnePiece } from '../pieces.ts';
import { contract } from './contract.ts';

export const handler = defineHandler(contract, {
  async run(ctx, { url, wholePage }) {
    const { image: png, ...seen } = await ctx.page.picture(url, { wholePage });
    const image = await ctx.artifact({
      name: fileNameFor(seen, 'png'),
      mediaType: 'image/png',
      content: inOnePiece(png),
    });
    return { ...seen, image };
  },
});
