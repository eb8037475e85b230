// Makes the bytes of a mail: headers that nobody can slip another one into, a text, and attachments as they stream in.
import { Readable } from 'node:stream';
import { type OutgoingMail, SkillError } from '@switchboard/contract';
import { z } from 'zod';
import { fileName } from './file-name.ts';

/** Of the message as it is sent: what the large providers take. */
export const messageBytesMax = 25_000_000;
const recipientsMax = 50;

/** One line: whatever ends a header, or begins another, is refused rather than mended. */
const lineSchema = z
  .string()
  .max(998)
  .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u);
const mailSchema = z.object({
  recipients: z.array(z.email().max(254)).min(1).max(recipientsMax),
  subject: lineSchema,
  references: z.array(lineSchema.regex(/^<[^\s<>]+>$/)),
});

/** Throws SkillError `bad-address` or `too-large`. */
export function checkMail(mail: OutgoingMail): { recipients: string[]; bytes: number } {
  const recipients = [...new Set([...mail.to, ...(mail.cc ?? [])])];
  const checked = mailSchema.safeParse({ recipients, subject: mail.subject, references: mail.references ?? [] });
  if (!checked.success) {
    const [issue] = checked.error.issues;
    throw new SkillError(
      'bad-address',
      `It cannot be sent: ${String(issue?.path[0] ?? 'mail')}: ${issue?.message ?? 'it is wrong'}.`,
    );
  }
  // Base64 in lines makes 78 bytes of 57.
  const attached = mail.attachments.reduce((sum, { bytes }) => sum + Math.ceil(bytes / 57) * 78 + 500, 0);
  const bytes = attached + Buffer.byteLength(mail.text) * 3 + 10_000;
  if (bytes > messageBytesMax) {
    throw new SkillError('too-large', `It would be ${Math.ceil(bytes / 1e6)} MB, and may be ${messageBytesMax / 1e6}.`);
  }
  return { recipients, bytes };
}

/** Only for a mail that passed `checkMail`. The stream breaks with what an attachment's content throws. */
export async function compose(mail: OutgoingMail, from: string, messageId: string): Promise<Readable> {
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer');
  const references = mail.references ?? [];
  const answered = references.at(-1);
  return new MailComposer({
    from,
    to: [...mail.to],
    ...(mail.cc && mail.cc.length > 0 && { cc: [...mail.cc] }),
    subject: mail.subject,
    messageId,
    text: mail.text,
    ...(answered !== undefined && { inReplyTo: answered, references: [...references] }),
    ...(mail.automatic && { headers: { 'Auto-Submitted': 'auto-replied' } }),
    attachments: mail.attachments.map(({ name, mediaType, content }) => ({
      filename: fileName(name),
      contentType: mediaType,
      content: Readable.from(content, { objectMode: false }),
    })),
    disableFileAccess: true,
    disableUrlAccess: true,
    newline: 'windows',
  })
    .compile()
    .createReadStream();
}
