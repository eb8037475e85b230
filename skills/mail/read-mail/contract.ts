// What read-mail promises: what one mail says, as text, with its attachments.
import { artifactSchema, defineContract } from '@switchboard/contract';
import { z } from 'zod';
import { listed, printable, printableText, sizeOf, timeOf } from '../../files/phrases.ts';
import { folderField, mailFields, personText, subjectText, wordsField } from '../mail-fields.ts';
import { mailReasons } from '../reasons.ts';

/** What is said is cut by the agent past its limit, without knowing where: this is less. */
const saidCharactersMax = 15_000;

export const contract = defineContract({
  name: 'read-mail',
  version: '1.0.0',
  title: 'Read a mail',
  description:
    'Shows one mail of the mailbox as text and gives its attachments: the one with an id, or the newest from somebody or about something. Marks nothing as read.',
  tags: ['mail', 'email', 'read', 'open', 'show', 'attachment'],
  input: z.strictObject({
    id: z.string().min(1).max(600).optional().describe('id of the mail, as search-mail gives it'),
    from: wordsField.optional().describe('name or address of who sent it'),
    subject: wordsField.optional().describe('words of its subject'),
    folder: folderField.default('INBOX').describe('mail folder that it lies in'),
  }),
  output: z.strictObject({
    ...mailFields,
    text: z.string().describe('what it says'),
    cut: z.boolean().describe('whether there is more than this'),
    attachments: z.array(artifactSchema).describe('what is attached to it'),
    others: z.int().min(0).describe('how many older mails fit as well'),
  }),
  errors: mailReasons,
  effects: [{ class: 'read', on: 'mail' }],
  repeat: 'safe',
  ingests: 'untrusted',
  timeoutMs: 120_000,
  utterances: [
    'read [me] [my] [the] (last|latest|newest) (mail|email)',
    'read [me] [my] [the] [last] [latest] [newest] (mail|email) from {from}',
    'read [me] [my] [the] [last] [latest] [newest] (mail|email) about {subject}',
    'read [me] [my] [the] [last] [latest] [newest] (mail|email) from {from} about {subject}',
    'read [the] (mail|email) {id}',
    'open [the] (mail|email) {id}',
    'show [me] [the] [last] [latest] [newest] (mail|email) from {from}',
    'open [the] [last] [latest] [newest] (mail|email) from {from}',
    'what does the [last] [latest] [newest] (mail|email) from {from} say',
    'what does the (mail|email) about {subject} say',
    'what did {from} write in [the] [last] [latest] [newest] [his] [her] [their] (mail|email)',
  ],
  examples: [
    {
      says: 'read the mail from anna',
      files: {
        'INBOX/1.eml':
          'From: Anna <anna@example.org>\r\nTo: home@example.org\r\nSubject: Heating\r\n\r\nIs the heating on?\r\n',
      },
      input: { from: 'anna' },
      output: {
        id: 'INBOX/1/1',
        from: { name: 'Anna', address: 'anna@example.org' },
        to: [{ name: '', address: 'home@example.org' }],
        subject: 'Heating',
        receivedAt: '2026-01-01T00:00:00.000Z',
        unread: true,
        text: 'Is the heating on?',
        cut: false,
        attachments: [],
        others: 0,
      },
    },
  ],
  redact: ['text', 'subject', 'from', 'to'],
  say({ from, to, subject, receivedAt, text, cut, attachments, others }) {
    const head = [
      `From: ${personText(from)}`,
      `To: ${to.length === 0 ? '(nobody)' : to.map(personText).join(', ')}`,
      `Date: ${timeOf(receivedAt)}`,
      `Subject: ${subjectText(subject)}`,
    ].join('\n');
    const shown = printableText(text);
    const files = attachments.map(({ name, bytes }) => `${printable(name)} (${sizeOf(bytes)})`);
    return [
      head,
      text === '' ? '(It has no text.)' : shown.slice(0, saidCharactersMax).toWellFormed(),
      ...(cut || shown.length > saidCharactersMax ? ['(There is more of it.)'] : []),
      ...(files.length > 0 ? [`Attached: ${listed(files)}.`] : []),
      ...(others > 0 ? [`(It is the newest of ${others + 1} such mails.)`] : []),
    ].join('\n\n');
  },
});
