// What reply-mail promises: what a person is to read goes back into the thread that they wrote in.
import { artifactSchema, defineContract } from '@switchboard/contract';
import { z } from 'zod';
import { printable, printableText, sizeOf } from '../../files/phrases.ts';
import { addressField } from '../mail-fields.ts';
import { sendReasons } from '../reasons.ts';

export const contract = defineContract({
  name: 'reply-mail',
  version: '1.0.0',
  title: 'Answer a mail',
  description: 'Sends an answer or a question of this deployment to a person, into the thread in which they wrote.',
  tags: ['mail', 'reply'],
  audience: 'gateway',
  input: z.strictObject({
    deliveryId: z.string().max(100).optional().describe('the delivery that it is for'),
    address: addressField.describe('whom it is for'),
    thread: z.string().min(1).max(998).describe('the conversation, as the message that came in named it'),
    subject: z.string().max(998).optional().describe('the subject of what it answers'),
    text: z.string().max(100_000).describe('what the person reads'),
    attachments: z.array(artifactSchema).max(10).default([]).describe('files that go with it'),
  }),
  output: z.strictObject({ messageId: z.string().describe('the Message-ID that it has everywhere') }),
  errors: sendReasons,
  effects: [
    { class: 'read', on: 'mail' },
    { class: 'external', on: 'mail' },
  ],
  repeat: 'reconcilable',
  ingests: 'trusted',
  timeoutMs: 180_000,
  utterances: [],
  examples: [
    {
      says: '',
      input: { address: 'anna@example.org', thread: '<1@example.org>', subject: 'Heating', text: 'It is on.' },
      output: { messageId: '<example-1@example.org>' },
    },
  ],
  redact: ['text'],
  say: () => 'The answer is on its way.',
  ask({ address, thread, subject, text, attachments = [] }) {
    const files = attachments.map(({ name, bytes }) => `  ${printable(name)} (${sizeOf(bytes)})`);
    return [
      `Send this answer to ${printable(address)}, in the thread ${printable(thread)}:`,
      ...(subject === undefined ? [] : [`Subject: ${printable(subject)}`]),
      printableText(text),
      ...(files.length > 0 ? [`Attached:\n${files.join('\n')}`] : []),
    ].join('\n\n');
  },
});
