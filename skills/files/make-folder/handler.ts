// Makes a folder; making it again changes nothing.
import { defineHandler } from '@switchboard/contract';
import { tidy } from '../path-field.ts';
import { contract } from './contract.ts';

export const handler = defineHandler(contract, {
  async run(ctx, input) {
    const path = tidy(input.path);
    const { created } = await ctx.files.makeFolder(path);
    return { path, created };
  },
});
