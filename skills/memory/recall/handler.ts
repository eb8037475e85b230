// Looks for facts.
import { defineHandler } from '@switchboard/contract';
import { contract } from './contract.ts';

const shownMax = 20;

export const handler = defineHandler(contract, {
  async run(ctx, { topic }) {
    const { facts, more, withheld } = await ctx.memory.recall(topic, { max: shownMax });
    return { memory: { facts }, more, withheld };
  },
});
