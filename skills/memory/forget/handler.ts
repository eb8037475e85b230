// Forgets facts; those that are gone already are as good as forgotten.
import { defineHandler } from '@switchboard/contract';
import { contract } from './contract.ts';

export const handler = defineHandler(contract, {
  async run(ctx, { memory: { facts } }) {
    await ctx.memory.forget(facts);
    return { forgotten: facts.length };
  },
});
