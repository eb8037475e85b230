// What search-mail promises: the newest mails of a folder that fit, and how many there are.
import { defineContract } from '@switchboard/contract';
import { z } from 'zod';
import { countOf, printable, table } from '../../files/phrases.ts';
import { folderField, mailRow, mailSchema, wordsField } from '../mail-fields.ts';
import { mailReasons } from '../reasons.ts';

export const contract = defineContract({
  name: 'search-mail',
  version: '1.0.0',
  title: 'Search mail',
  description:
    'Lists the newest mails of a folder of the mailbox: all of them, or those from or to somebody, about something, of some days, or unread. Marks nothing as read.',
  tags: ['mail', 'email', 'inbox', 'search', 'find', 'list', 'unread'],
  input: z.strictObject({
    words: wordsField.optional().describe('words to search for, anywhere in the mail'),
    from: wordsField.optional().describe('name or address of who sent it'),
    to: wordsField.optional().describe('name or address of who got it'),
    subject: wordsField.optional().describe('words of its subject'),
    since: z.iso.date().max(10).optional().describe('first day on which it came in'),
    before: z.iso.date().max(10).optional().describe('day before which it came in'),
    state: z.enum(['any', 'unread', 'read']).default('any').describe('whether somebody has read it'),
    folder: folderField.default('INBOX').describe('mail folder to search in'),
    max: z.int().min(1).max(50).default(20).describe('how many to list'),
  }),
  output: z.strictObject({
    folder: z.string().describe('where it was searched'),
    mails: z.array(mailSchema).describe('the newest first'),
    total: z.int().min(0).describe('how many there are'),
  }),
  errors: { 'no-folder': mailReasons['no-folder'] },
  effects: [{ class: 'read', on: 'mail' }],
  repeat: 'safe',
  ingests: 'untrusted',
  timeoutMs: 60_000,
  utterances: [
    'search [my] [the] (mail|mails|email|emails|inbox|mailbox) [for] {words}',
    'find [my] [the] [all] (mail|mails|email|emails) (about|with|mentioning) {words}',
    '(find|search) [my] [the] [all] (mail|mails|email|emails) from {from}',
    'which (mails|emails) (are|came|do I have) from {from}',
    'list [my] [the] (mails|emails)',
    'list [my] [the] {state} (mails|emails)',
    'show [me] [my] [the] {state} (mails|emails)',
    'show [me] [my] [the] (mails|emails) from {from}',
    'show [me] [my] [the] (mails|emails) since {since}',
    'show [me] [my] (inbox|mailbox)',
    'what is in my (inbox|mailbox)',
    'do I have [any] [new] (mail|mails|email|emails)',
    '(have I got|is there|any) new (mail|mails|email|emails)',
  ],
  examples: [
    {
      says: 'find mails from anna',
      files: {
        'INBOX/1.eml': 'From: Anna <anna@example.org>\r\nTo: home@example.org\r\nSubject: Heating\r\n\r\nIs it on?\r\n',
        'INBOX/2.eml': 'From: bob@example.org\r\nTo: home@example.org\r\nSubject: Hello\r\n\r\nHi\r\n',
      },
      input: { from: 'anna' },
      output: {
        folder: 'INBOX',
        mails: [
          {
            id: 'INBOX/1/1',
            from: { name: 'Anna', address: 'anna@example.org' },
            to: [{ name: '', address: 'home@example.org' }],
            subject: 'Heating',
            receivedAt: '2026-01-01T00:00:00.000Z',
            unread: true,
          },
        ],
        total: 1,
      },
    },
    {
      says: 'search my mail for holiday',
      input: { words: 'holiday' },
      output: { folder: 'INBOX', mails: [], total: 0 },
    },
  ],
  redact: ['mails'],
  say({ folder, mails, total }) {
    const where = folder === 'INBOX' ? 'the inbox' : printable(folder);
    if (total === 0) return `There is no such mail in ${where}.`;
    const shown = total > mails.length ? `, the newest ${mails.length} of them` : '';
    return `${countOf(total, 'mail')} in ${where}${shown}; * is unread:\n\n${table(mails.map(mailRow))}`;
  },
});
