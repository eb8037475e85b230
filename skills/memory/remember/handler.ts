// Remembers one fact.
import { defineHandler, SkillError, tidyFact } from '@switchboard/contract';
import { contract } from './contract.ts';

export const handler = defineHandler(contract, {
  async run(ctx, { statement, keep }) {
    const tidy = tidyFact(statement);
    if (tidy === '') throw new SkillError('empty', 'There is nothing in it to remember.');
    const { id, text, pinned, provenance } = await ctx.memory.remember(tidy, { pinned: keep === 'always' });
    return { id, statement: text, pinned, source: provenance };
  },
});
