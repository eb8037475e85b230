// Sends one mail, and can tell afterwards whether it may have been sent.
import { defineHandler, SkillError } from '@switchboard/contract';
import { lookForLetter, sendLetter, subjectOf, type Titled } from '../send.ts';
import { contract } from './contract.ts';

export const handler = defineHandler(contract, {
  async run(ctx, input) {
    const { to, cc, text, attachments, answers } = input;
    if (text.trim() === '' && attachments.length === 0) throw new SkillError('empty', 'There is nothing to send.');
    const answered = answers === undefined ? undefined : await ctx.mail.read(answers);
    const references = [...(answered?.references ?? []), ...(answered?.messageId ? [answered.messageId] : [])];
    const subject = subjectOf(input);
    const letter = { to, cc, subject, text, attachments, references };
    const { messageId, refused } = await sendLetter(ctx, letter);
    return outputOf(input, messageId, refused);
  },

  async reconcile(ctx, input, noted) {
    const found = await lookForLetter(ctx.mail, noted);
    if (typeof found === 'string') return { outcome: found };
    return { outcome: 'done', output: outputOf(input, found.messageId, []) };
  },
});

interface Sent extends Titled {
  readonly to: readonly string[];
  readonly cc: readonly string[];
}

function outputOf(input: Sent, messageId: string, refused: readonly string[]) {
  const to = [...new Set([...input.to, ...input.cc])].filter((address) => !refused.includes(address));
  return { messageId, to, refused: [...refused], subject: subjectOf(input) };
}
