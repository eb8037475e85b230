// Lists orders.
import { defineHandler } from '@switchboard/contract';
import { candidatesMax, theOne } from '../choose.ts';
import { customerWords } from '../record-words.ts';
import { contract } from './contract.ts';

const shownMax = 50;

export const handler = defineHandler(contract, {
  async run(ctx, { customer: text, which }) {
    let customer: string | undefined;
    if (text !== undefined) {
      const found = await ctx.records.findCustomers(text, { max: candidatesMax });
      const choice = { noun: 'customer', text, words: customerWords };
      customer = theOne(found, { ...choice, names: ({ number, name, email }) => [number, name, email] }).id;
    }
    const orders = await ctx.records.findOrders({ customer, open: which === 'open', max: shownMax + 1 });
    return { orders: orders.slice(0, shownMax), more: orders.length > shownMax };
  },
});
