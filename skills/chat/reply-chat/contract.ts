// What reply-chat promises: the gateway's answer to whoever wrote to the agent over chat, sent at most once.
import { defineContract } from '@switchboard/contract';
import { z } from 'zod';
import { addressField, sendReasons } from '../address-field.ts';

export const contract = defineContract({
  name: 'reply-chat',
  version: '1.0.0',
  title: 'Answer over chat',
  description: 'Sends what a person is to read to the chat address that they wrote from.',
  tags: ['chat', 'answer'],
  audience: 'gateway',
  input: z.strictObject({
    address: addressField,
    text: z.string().min(1).max(200_000).describe('what they are to read; a very long text is cut, and says so'),
  }),
  output: z.strictObject({ delivered: z.boolean().describe('whether a device of theirs has said that it has it') }),
  errors: sendReasons,
  effects: [
    { class: 'read', on: 'chat' },
    { class: 'external', on: 'chat' },
  ],
  repeat: 'reconcilable',
  ingests: 'trusted',
  timeoutMs: 60_000,
  utterances: [],
  examples: [
    {
      says: 'answer anna@example.org',
      input: { address: 'anna@example.org', text: 'The backup is done.' },
      output: { delivered: false },
    },
  ],
  redact: ['text'],
  say: ({ delivered }) => (delivered ? 'The answer has arrived.' : 'The answer is on its way.'),
});
