// What send-mail promises: one mail leaves, exactly as it was shown, and never twice.
import { artifactSchema, defineContract } from '@switchboard/contract';
import { z } from 'zod';
import { listed, printable, printableText, sizeOf } from '../../files/phrases.ts';
import { addressField, subjectField } from '../mail-fields.ts';
import { mailReasons, sendReasons } from '../reasons.ts';
import { subjectOf } from '../send.ts';

const recipientsMax = 20;

export const contract = defineContract({
  name: 'send-mail',
  version: '1.0.0',
  title: 'Send a mail',
  description:
    'Sends a mail from the mailbox of this deployment, with attachments if there are some, and as the answer to a mail if it names one.',
  tags: ['mail', 'email', 'send', 'write', 'message', 'attachment'],
  input: z.strictObject({
    to: z.array(addressField).min(1).max(recipientsMax).describe('mail addresses of the recipients'),
    cc: z.array(addressField).max(recipientsMax).default([]).describe('mail addresses that get a copy'),
    subject: subjectField.optional().describe('subject; made of the text, or of what is attached, when there is none'),
    text: z.string().max(50_000).default('').describe('text of the mail'),
    attachments: z.array(artifactSchema).max(10).default([]).describe('files that go with it'),
    answers: z
      .string()
      .min(1)
      .max(600)
      .optional()
      .describe('id of the mail that it answers, in whose thread it then is'),
  }),
  output: z.strictObject({
    messageId: z.string().describe('the Message-ID that it has everywhere'),
    to: z.array(z.string()).describe('recipients that the server took it for, with those of copies'),
    refused: z.array(z.string()).describe('recipients that the server did not take'),
    subject: z.string().describe('its subject'),
  }),
  errors: { ...sendReasons, ...mailReasons, empty: 'There is nothing to send: no text, and no attachment.' },
  effects: [
    { class: 'read', on: 'mail' },
    { class: 'external', on: 'mail' },
  ],
  repeat: 'reconcilable',
  ingests: 'trusted',
  timeoutMs: 180_000,
  utterances: [
    'send [a] [an] (mail|email|e-mail) to {to} (saying|that says|with the text) {text}',
    'send [a] [an] (mail|email|e-mail) to {to} about {subject} (saying|that says|with the text) {text}',
    'send {to} [a] [an] (mail|email|e-mail) (saying|that says|with the text) {text}',
    '(mail|email|e-mail) {to} that {text}',
    '(mail|email|e-mail) {to} saying {text}',
    'write [a] [an] (mail|email|e-mail) to {to} (saying|that says) {text}',
    'send {text} to {to} (by|via|per) (mail|email|e-mail)',
    'tell {to} by (mail|email|e-mail) that {text}',
    '(mail|email|e-mail) {attachments} to {to}',
    'send {attachments} to {to} (by|via|as a|as an) (mail|email|e-mail)',
    'send [a] [an] (mail|email|e-mail) to {to} with {attachments} attached',
    'answer the mail {answers} to {to} with {text}',
  ],
  examples: [
    {
      says: 'send a mail to anna@example.org saying the heating is on',
      input: { to: ['anna@example.org'], text: 'the heating is on' },
      output: {
        messageId: '<example-1@example.org>',
        to: ['anna@example.org'],
        refused: [],
        subject: 'the heating is on',
      },
    },
  ],
  redact: ['text'],
  say({ to, refused, subject }) {
    const missed = refused.length === 0 ? '' : ` The server does not know ${listed(refused.map(printable))}.`;
    return `The mail “${printable(subject)}” to ${listed(to.map(printable))} is on its way.${missed}`;
  },
  ask(input) {
    const { to, text, answers } = input;
    const { cc = [], attachments = [] } = input;
    const files = attachments.map(
      ({ name, bytes, sha256 }) => `  ${printable(name)} (${sizeOf(bytes)}, SHA-256 ${sha256})`,
    );
    return [
      `Send this mail to ${listed(to.map(printable))}${cc.length > 0 ? `, with a copy to ${listed(cc.map(printable))}` : ''}:`,
      `Subject: ${printable(subjectOf(input))}`,
      text ? printableText(text) : '(no text)',
      ...(files.length > 0 ? [`Attached:\n${files.join('\n')}`] : []),
      ...(answers === undefined ? [] : [`It answers the mail ${printable(answers)}, in its thread.`]),
    ].join('\n\n');
  },
});
