// Moves one mail, and can tell afterwards where it lies.
import { defineHandler, SkillError } from '@switchboard/contract';
import { z } from 'zod';
import { findMail } from '../find-mail.ts';
import { personText, toMail } from '../mail-fields.ts';
import { contract } from './contract.ts';

const noteSchema = z.strictObject({
  id: z.string(),
  messageId: z.string().optional(),
  from: z.string(),
  subject: z.string(),
});

export const handler = defineHandler(contract, {
  async run(ctx, input) {
    const { target } = input;
    const { id, others } = await findMail(ctx.mail, input);
    if (others > 0) throw new SkillError('several', `${others + 1} mails fit.`);
    const mail = await ctx.mail.read(id);
    const shown = toMail(mail);
    const about = { from: personText(shown.from), subject: shown.subject };
    await ctx.note({ id, ...about, ...(mail.messageId !== undefined && { messageId: mail.messageId }) });
    await ctx.mail.move(id, target);
    return { ...about, target };
  },

  async reconcile(ctx, { target }, noted) {
    if (noted === undefined) return { outcome: 'not-done' };
    const { id, messageId, from, subject } = noteSchema.parse(noted);
    if (await isThere(ctx.mail.read(id))) return { outcome: 'not-done' };
    if (messageId === undefined || !(await ctx.mail.has(messageId, target))) return { outcome: 'unknown' };
    return { outcome: 'done', output: { from, subject, target } };
  },
});

async function isThere(reading: Promise<unknown>): Promise<boolean> {
  try {
    await reading;
    return true;
  } catch (error) {
    if (error instanceof SkillError && error.reason === 'not-found') return false;
    throw error;
  }
}
