// Sends a notification, and can tell afterwards what may be done about one that was cut off.
import { defineHandler, notificationWays } from '@switchboard/contract';
import { z } from 'zod';
import { contract } from './contract.ts';

/** Which way it was about to take, and when first. */
const noteSchema = z.strictObject({ via: z.enum(notificationWays), leaving: z.iso.datetime() });
type Note = z.infer<typeof noteSchema>;

export const handler = defineHandler(contract, {
  async run(ctx, { text, title, priority, tags, link, via: wanted }) {
    const [preferred = 'ntfy'] = ctx.notification.ways();
    const via = wanted === 'any' ? preferred : wanted;
    const note: Note = { via, leaving: new Date().toISOString() };
    const notification = {
      text,
      priority,
      tags,
      ...(title === undefined ? {} : { title }),
      ...(link === undefined ? {} : { link }),
    };
    await ctx.notification.notify(via, notification, () => ctx.note(note));
    return { via };
  },

  async reconcile(ctx, _input, noted) {
    // The note comes before the first byte: where there is none, nothing was sent.
    if (noted === undefined) return { outcome: 'not-done' };
    const { via, leaving } = noteSchema.parse(noted);
    // Whoever gets a webhook takes each key once, and the next attempt has the same: it may be made in any case.
    if (via === 'webhook') return { outcome: 'not-done' };
    const found = await ctx.notification.wasNotified(via, new Date(leaving));
    return found === true ? { outcome: 'done', output: { via } } : { outcome: 'unknown' };
  },
});
