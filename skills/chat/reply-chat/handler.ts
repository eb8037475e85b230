// Sends the gateway's answer over chat.
import { defineHandler } from '@switchboard/contract';
import { carriedText } from '../carried-text.ts';
import { sendOnce, whatBecameOf } from '../sending.ts';
import { contract } from './contract.ts';

/** Servers end the connection over a stanza of more than 256 KiB, and a character may take six bytes in it. */
const textCharactersMax = 30_000;

export const handler = defineHandler(contract, {
  async run(ctx, { address, text }) {
    return await sendOnce(ctx, { to: address, text: carriedText(text, textCharactersMax) });
  },

  async reconcile(ctx, { address }, noted) {
    const outcome = await whatBecameOf(ctx, address, noted);
    return outcome === 'done' ? { outcome, output: { delivered: false } } : { outcome };
  },
});
