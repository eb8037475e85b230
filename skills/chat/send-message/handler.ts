// Sends a chat message.
import { defineHandler } from '@switchboard/contract';
import { sendOnce, whatBecameOf } from '../sending.ts';
import { contract } from './contract.ts';

/** Addresses differ in their case only by accident. */
const shown = (to: string): string => to.trim().toLowerCase();

export const handler = defineHandler(contract, {
  async run(ctx, { to, text }) {
    return { to: shown(to), ...(await sendOnce(ctx, { to, text })) };
  },

  async reconcile(ctx, { to }, noted) {
    const outcome = await whatBecameOf(ctx, to, noted);
    return outcome === 'done' ? { outcome, output: { to: shown(to), delivered: false } } : { outcome };
  },
});
