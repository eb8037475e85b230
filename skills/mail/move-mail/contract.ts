// What move-mail promises: one mail lies in another folder; never one that could be mistaken for it.
import { defineContract } from '@switchboard/contract';
import { z } from 'zod';
import { printable } from '../../files/phrases.ts';
import { folderField, subjectText, wordsField } from '../mail-fields.ts';
import { mailReasons } from '../reasons.ts';

export const contract = defineContract({
  name: 'move-mail',
  version: '1.0.0',
  title: 'Move a mail',
  description:
    'Moves one mail of the mailbox to another folder, such as Archive. It is named by its id, or by who sent it and its subject where that leaves only one.',
  tags: ['mail', 'email', 'move', 'archive', 'folder'],
  input: z.strictObject({
    id: z.string().min(1).max(600).optional().describe('id of the mail, as search-mail gives it'),
    from: wordsField.optional().describe('name or address of who sent it'),
    subject: wordsField.optional().describe('words of its subject'),
    folder: folderField.default('INBOX').describe('mail folder that it lies in'),
    target: folderField.default('Archive').describe('mail folder that it goes to'),
  }),
  output: z.strictObject({
    from: z.string().describe('who sent it'),
    subject: z.string().describe('its subject'),
    target: z.string().describe('where it lies now'),
  }),
  errors: {
    ...mailReasons,
    several: 'More than one mail fits: name one by its id.',
    'not-moved': 'The mail server did not move it.',
  },
  effects: [
    { class: 'read', on: 'mail' },
    { class: 'write', on: 'mail' },
  ],
  repeat: 'reconcilable',
  ingests: 'untrusted',
  timeoutMs: 60_000,
  utterances: [
    'move [the] (mail|email) from {from} to [the] [folder] {target}',
    'move [the] (mail|email) about {subject} to [the] [folder] {target}',
    'move [the] (mail|email) from {from} about {subject} to [the] [folder] {target}',
    'move [the] (mail|email) {id} to [the] [folder] {target}',
    'put [the] (mail|email) from {from} (in|into) [the] [folder] {target}',
    'archive [the] (mail|email) from {from}',
    'archive [the] (mail|email) about {subject}',
    'archive [the] (mail|email) {id}',
    'file [the] (mail|email) from {from} under {target}',
  ],
  examples: [
    {
      says: 'archive the mail from anna',
      files: {
        'INBOX/1.eml':
          'From: Anna <anna@example.org>\r\nTo: home@example.org\r\nSubject: Heating\r\nMessage-ID: <1@example.org>\r\n\r\nIs the heating on?\r\n',
      },
      input: { from: 'anna' },
      output: { from: 'Anna <anna@example.org>', subject: 'Heating', target: 'Archive' },
    },
  ],
  say: ({ from, subject, target }) =>
    `Moved “${subjectText(subject)}” from ${printable(from)} to ${printable(target)}.`,
});
