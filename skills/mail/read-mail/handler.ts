// Reads one mail: its text in the answer, its attachments as artifacts.
import { defineHandler } from '@switchboard/contract';
import { findMail } from '../find-mail.ts';
import { toMail } from '../mail-fields.ts';
import { contract } from './contract.ts';

/** An answer carries so much text; the rest of a longer mail is left out. */
const textCharactersMax = 20_000;
const attachmentsMax = 10;

export const handler = defineHandler(contract, {
  async run(ctx, input) {
    const { id, others } = await findMail(ctx.mail, input);
    const mail = await ctx.mail.read(id);
    const attachments = [];
    for (const { name, mediaType, content } of mail.attachments.slice(0, attachmentsMax)) {
      attachments.push(await ctx.artifact({ name, mediaType, content: inOnePiece(content) }));
    }
    const cut = mail.cut || mail.text.length > textCharactersMax || mail.attachments.length > attachmentsMax;
    const text = mail.text.slice(0, textCharactersMax).toWellFormed();
    return { ...toMail(mail), text, cut, attachments, others };
  },
});

async function* inOnePiece(content: Uint8Array): AsyncGenerator<Uint8Array> {
  yield content;
}
