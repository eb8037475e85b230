// Creates a customer under a reference that only this step has, and finds it again by that.
import { defineHandler, SkillError } from '@switchboard/contract';
import { customerWords } from '../record-words.ts';
import { referenceOf } from '../reference.ts';
import { contract } from './contract.ts';

const alikeMax = 5;

export const handler = defineHandler(contract, {
  async run(ctx, { another, ...customer }) {
    const reference = referenceOf(ctx.invocationId);
    const texts = another ? [] : [customer.name, ...(customer.email === undefined ? [] : [customer.email])];
    for (const text of texts) {
      const found = await ctx.records.findCustomers(text, { max: alikeMax });
      const same = (value: string | undefined): boolean => value?.toLowerCase() === text.toLowerCase();
      const alike = found.filter(({ number, name, email }) => number !== reference && (same(name) || same(email)));
      if (alike.length > 0) {
        const named = alike.map(customerWords).join('; ');
        throw new SkillError('exists', `There is ${named} already; nothing was created.`);
      }
    }
    await ctx.note({ reference });
    return { customer: await ctx.records.createCustomer(reference, customer) };
  },

  async reconcile(ctx, _, noted) {
    // The note comes before the effect: where there is none, nothing was done.
    if (noted === undefined) return { outcome: 'not-done' };
    const customer = await ctx.records.customerOf(referenceOf(ctx.invocationId));
    return customer === undefined ? { outcome: 'not-done' } : { outcome: 'done', output: { customer } };
  },
});
