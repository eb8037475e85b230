// Sends an answer into a thread, as a machine's answer, so that no other machine answers it.
import { defineHandler } from '@switchboard/contract';
import { replySubject } from '../reply-subject.ts';
import { lookForLetter, sendLetter } from '../send.ts';
import { contract } from './contract.ts';

export const handler = defineHandler(contract, {
  async run(ctx, { address, thread, subject, text, attachments }) {
    const letter = { to: [address], subject: replySubject(subject), text, attachments, automatic: true };
    const { messageId } = await sendLetter(ctx, { ...letter, references: referencesOf(thread) });
    return { messageId };
  },

  async reconcile(ctx, _input, noted) {
    const found = await lookForLetter(ctx.mail, noted);
    return typeof found === 'string' ? { outcome: found } : { outcome: 'done', output: found };
  },
});

/** A thread that began with a mail without a Message-ID has no other name that a mail could bear. */
function referencesOf(thread: string): string[] {
  return /^<[^\s<>]+>$/.test(thread) ? [thread] : [];
}
