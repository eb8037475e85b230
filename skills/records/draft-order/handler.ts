// Drafts an order under a reference that only this step has, and finds it again by that.
import { defineHandler, type NewOrder } from '@switchboard/contract';
import { candidatesMax, theOne } from '../choose.ts';
import { customerWords, productWords } from '../record-words.ts';
import { referenceOf } from '../reference.ts';
import { contract } from './contract.ts';
import { readItems } from './items.ts';

export const handler = defineHandler(contract, {
  async run(ctx, { customer: text, items, note }) {
    const wanted = readItems(items);
    const customers = await ctx.records.findCustomers(text, { max: candidatesMax });
    const names = { noun: 'customer', text, words: customerWords };
    const customer = theOne(customers, { ...names, names: ({ number, name, email }) => [number, name, email] });
    const lines: NewOrder['lines'][number][] = [];
    for (const { quantity, product } of wanted) {
      lines.push({ product: await productNamed(ctx.records, product), quantity });
    }
    const reference = referenceOf(ctx.invocationId);
    await ctx.note({ reference });
    return { order: await ctx.records.draftOrder(reference, { customer: customer.id, lines, note }) };
  },

  async reconcile(ctx, _, noted) {
    // The note comes before the effect: where there is none, nothing was done.
    if (noted === undefined) return { outcome: 'not-done' };
    const order = await ctx.records.orderOf(referenceOf(ctx.invocationId));
    return order === undefined ? { outcome: 'not-done' } : { outcome: 'done', output: { order } };
  },
});

type Records = Parameters<typeof handler.run>[0]['records'];

/** Several are ordered, and the ERP knows one: `chairs` is `chair` where nothing is called chairs. */
async function productNamed(records: Records, text: string): Promise<string> {
  let found = await records.findProducts(text, { max: candidatesMax });
  let named = text;
  if (found.length === 0 && /[^s]s$/i.test(text)) {
    named = text.slice(0, -1);
    found = await records.findProducts(named, { max: candidatesMax });
  }
  const choice = { noun: 'product', text: named, words: productWords };
  return theOne(found, { ...choice, names: ({ code, name }) => [code, name] }).id;
}
