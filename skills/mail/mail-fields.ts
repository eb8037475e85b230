// What mail skills take and give: addresses, mails as a list shows them, and how they read.
import type { MailAddress, MailSummary } from '@switchboard/contract';
import { z } from 'zod';
import { printable, timeOf } from '../files/phrases.ts';

export const addressField = z.email().max(254);
/** One line: what ends a header does not pass. */
export const subjectField = z
  .string()
  .max(250)
  .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, 'must be one line');
export const folderField = z
  .string()
  .min(1)
  .max(200)
  .regex(/^\P{Cc}*$/u);
export const wordsField = z
  .string()
  .min(1)
  .max(200)
  .regex(/^\P{Cc}*$/u);

const person = z.strictObject({ name: z.string(), address: z.string() });

export const mailFields = {
  id: z.string().describe('which mail it is, for reading, moving and answering it'),
  from: person.optional().describe('whom it says it is from'),
  to: z.array(person).describe('whom it was sent to'),
  subject: z.string().describe('its subject'),
  receivedAt: z.iso.datetime().describe('when it came into the mailbox'),
  unread: z.boolean().describe('whether nobody has read it'),
};
export const mailSchema = z.strictObject(mailFields);
export type Mail = z.infer<typeof mailSchema>;

/** A header of a stranger may be as long as it likes. */
const charactersMax = 300;
const peopleMax = 50;

function shortened(text: string): string {
  return text.length <= charactersMax ? text : `${text.slice(0, charactersMax - 1).toWellFormed()}…`;
}

function personOf({ name, address }: MailAddress): MailAddress {
  return { name: shortened(name), address: shortened(address) };
}

export function toMail({ id, from, to, subject, receivedAt, unread }: MailSummary): Mail {
  return {
    id,
    ...(from && { from: personOf(from) }),
    to: to.slice(0, peopleMax).map(personOf),
    subject: shortened(subject),
    receivedAt: receivedAt.toISOString(),
    unread,
  };
}

/** `Anna <anna@example.org>`, or the address alone. */
export function personText(person: MailAddress | undefined): string {
  if (person === undefined) return '(nobody)';
  return printable(person.name === '' ? person.address : `${person.name} <${person.address}>`);
}

export function subjectText(subject: string): string {
  return subject.trim() === '' ? '(no subject)' : printable(subject);
}

/** One line of a list. */
export function mailRow({ id, from, subject, receivedAt, unread }: Mail): string[] {
  return [unread ? '*' : '', timeOf(receivedAt), personText(from), subjectText(subject), `[${id}]`];
}
