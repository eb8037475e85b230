// Looks for customers.
import { defineHandler } from '@switchboard/contract';
import { contract } from './contract.ts';

const shownMax = 20;

export const handler = defineHandler(contract, {
  async run(ctx, { customer }) {
    const found = await ctx.records.findCustomers(customer, { max: shownMax + 1 });
    return { customers: found.slice(0, shownMax), more: found.length > shownMax };
  },
});
