// Confirms an order that is still as it was shown; whether it was done shows in its state.
import { defineHandler } from '@switchboard/contract';
import { contract } from './contract.ts';

export const handler = defineHandler(contract, {
  async run(ctx, { order }) {
    await ctx.note({ order: order.id });
    return { order: await ctx.records.confirmOrder(order) };
  },

  async reconcile(ctx, { order }, noted) {
    // The note comes before the effect: where there is none, nothing was done.
    if (noted === undefined) return { outcome: 'not-done' };
    const now = await ctx.records.settledOrder(order.id);
    // Somebody has taken it away or canceled it since: it may have been confirmed before that.
    if (now === undefined || now.state === 'canceled') return { outcome: 'unknown' };
    const confirmed = now.state === 'confirmed' || now.state === 'done';
    return confirmed ? { outcome: 'done', output: { order: now } } : { outcome: 'not-done' };
  },
});
