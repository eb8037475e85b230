// Prints a page and attaches the PDF.
import { defineHandler } from '@switchboard/contract';
import { fileNameFor } from '../file-name.ts';
import { inOnePiece } from '../pieces.ts';
import { contract } from './contract.ts';

export const handler = defineHandler(contract, {
  async run(ctx, { url }) {
    const { pdf: bytes, ...printed } = await ctx.page.print(url);
    const pdf = await ctx.artifact({
      name: fileNameFor(printed, 'pdf'),
      mediaType: 'application/pdf',
      content: inOnePiece(bytes),
    });
    return { ...printed, pdf };
  },
});
