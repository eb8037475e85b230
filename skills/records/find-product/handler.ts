// Looks for products.
import { defineHandler } from '@switchboard/contract';
import { contract } from './contract.ts';

const shownMax = 20;

export const handler = defineHandler(contract, {
  async run(ctx, { product }) {
    const found = await ctx.records.findProducts(product, { max: shownMax + 1 });
    return { products: found.slice(0, shownMax), more: found.length > shownMax };
  },
});
