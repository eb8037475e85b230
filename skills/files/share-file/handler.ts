// Hands out a file as it is.
import { defineHandler } from '@switchboard/contract';
import { mediaTypeOf } from '../media-types.ts';
import { nameOf, tidy } from '../path-field.ts';
import { contract } from './contract.ts';

export const handler = defineHandler(contract, {
  async run(ctx, input) {
    const path = tidy(input.path);
    const source = { name: nameOf(path), mediaType: mediaTypeOf(path) };
    return { path, file: await ctx.artifact({ ...source, content: ctx.files.stream(path) }) };
  },
});
