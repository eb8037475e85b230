// Asks the mailbox, and shows what it found.
import { defineHandler } from '@switchboard/contract';
import { toMail } from '../mail-fields.ts';
import { contract } from './contract.ts';

export const handler = defineHandler(contract, {
  async run(ctx, { state, max, ...given }) {
    const { folder, words, from, to, subject, since, before } = given;
    const query = {
      folder,
      ...(words !== undefined && { words }),
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
      ...(subject !== undefined && { subject }),
      ...(since !== undefined && { since }),
      ...(before !== undefined && { before }),
      ...(state !== 'any' && { unread: state === 'unread' }),
    };
    const { mails, total } = await ctx.mail.search(query, max);
    return { folder, mails: mails.map(toMail), total };
  },
});
