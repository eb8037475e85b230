// Looks for facts, whoever they come from.
import { defineHandler, factsAtOnceMax } from '@switchboard/contract';
import { contract } from './contract.ts';

export const handler = defineHandler(contract, {
  async run(ctx, { topic }) {
    const { facts, more } = await ctx.memory.recall(topic, { max: factsAtOnceMax });
    return { memory: { facts }, more };
  },
});
