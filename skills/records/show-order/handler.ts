// Looks up one order.
import { defineHandler } from '@switchboard/contract';
import { theOne } from '../choose.ts';
import { totalOf } from '../record-words.ts';
import { contract } from './contract.ts';

export const handler = defineHandler(contract, {
  async run(ctx, { number: text }) {
    const found = await ctx.records.orders(text);
    return {
      order: theOne(found, {
        noun: 'order',
        text,
        names: ({ number }) => [number],
        words: (order) => `${order.number} (#${order.id}) for ${order.customer.name}, ${totalOf(order)}`,
      }),
    };
  },
});
