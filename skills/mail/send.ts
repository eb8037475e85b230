// The one way in which mail skills send, and in which they find out afterwards whether they did.
import type {
  Artifact,
  JsonValue,
  MailExternal,
  MailRead,
  OutgoingMail,
  SentMail,
  SkillContextBase,
} from '@switchboard/contract';
import { z } from 'zod';

/** Right before the end of the message was let out: without it, nothing was sent. */
const noteSchema = z.strictObject({ messageId: z.string() });

type Sending = Pick<SkillContextBase, 'note' | 'content'> & { readonly mail: MailExternal };

export interface Letter extends Omit<OutgoingMail, 'attachments'> {
  readonly attachments: readonly Artifact[];
}

export async function sendLetter(ctx: Sending, letter: Letter): Promise<SentMail> {
  const attachments = letter.attachments.map((artifact) => ({ ...artifact, content: ctx.content(artifact) }));
  const note = { messageId: ctx.mail.messageId() };
  return await ctx.mail.send({ ...letter, attachments }, () => ctx.note(note));
}

/**
 * Many servers keep what they send; and who writes to themselves gets it. Where it is not found nobody can tell, and it is
 * never sent again.
 */
export async function lookForLetter(
  mail: MailRead,
  noted: JsonValue | undefined,
): Promise<'not-done' | 'unknown' | { readonly messageId: string }> {
  if (noted === undefined) return 'not-done';
  const { messageId } = noteSchema.parse(noted);
  return (await mail.has(messageId)) ? { messageId } : 'unknown';
}

const subjectCharactersMax = 70;

export interface Titled {
  readonly subject?: string | undefined;
  readonly text?: string | undefined;
  readonly attachments?: readonly { readonly name: string }[] | undefined;
}

/** What was given, else the beginning of the text, else what is attached; on one line. */
export function subjectOf({ subject, text = '', attachments = [] }: Titled): string {
  if (subject !== undefined) return subject;
  const said = text.trim() === '' ? attachments.map(({ name }) => name).join(', ') : text.trim();
  const line = said.split(/[\p{Cc}\p{Zl}\p{Zp}]/u)[0] ?? '';
  if (line.length <= subjectCharactersMax) return line;
  return `${line
    .slice(0, subjectCharactersMax)
    .replace(/\s\S*$/, '')
    .toWellFormed()}…`;
}
