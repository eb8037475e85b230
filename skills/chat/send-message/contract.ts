// What send-message promises: one chat message to one address, sent at most once.
import { defineContract } from '@switchboard/contract';
import { z } from 'zod';
import { shownExactly } from '../../shell/output-text.ts';
import { addressField, sendReasons } from '../address-field.ts';

export const contract = defineContract({
  name: 'send-message',
  version: '1.0.0',
  title: 'Send a chat message',
  description:
    'Sends one instant message (chat, XMPP, Jabber) to one address, in the agent’s own name. Not for e-mail, and not for a notification to oneself.',
  tags: ['chat', 'message', 'instant', 'xmpp', 'jabber', 'write', 'send'],
  input: z.strictObject({
    to: addressField,
    text: z.string().min(1).max(20_000).describe('what the message says'),
  }),
  output: z.strictObject({
    to: z.string().describe('the address that it was sent to'),
    delivered: z.boolean().describe('whether a device of theirs has said that it has it'),
  }),
  errors: sendReasons,
  effects: [
    { class: 'read', on: 'chat' },
    { class: 'external', on: 'chat' },
  ],
  repeat: 'reconcilable',
  ingests: 'trusted',
  timeoutMs: 60_000,
  utterances: [
    'send [a] chat message to {to} [(saying|that says)] {text}',
    'send {to} [(a|the)] chat message [(saying|that says)] {text}',
    'send [a] message to {to} [(saying|that says)] {text}',
    'send [an] instant message to {to} [(saying|that says)] {text}',
    'message {to} [(saying|that)] {text}',
    'chat {to} {text}',
    'write {to} on (chat|xmpp|jabber) {text}',
    'write to {to} on (chat|xmpp|jabber) {text}',
    'tell {to} (on|by|over) (chat|xmpp|jabber) [that] {text}',
    'send {text} to {to} (on|by|over) (chat|xmpp|jabber)',
    'send an instant message',
    'write somebody on Jabber',
  ],
  examples: [
    {
      says: 'send a chat message to anna@example.org saying dinner is at seven',
      input: { to: 'anna@example.org', text: 'dinner is at seven' },
      output: { to: 'anna@example.org', delivered: false },
    },
    {
      says: 'write Ben@Example.org on xmpp on my way',
      input: { to: 'Ben@Example.org', text: 'on my way' },
      output: { to: 'ben@example.org', delivered: false },
    },
  ],
  redact: ['text'],
  say: ({ to, delivered }) => (delivered ? `The message has reached ${to}.` : `The message is on its way to ${to}.`),
  ask: ({ to, text }) => `Send this chat message to ${shownExactly(to)}:\n\n${shownExactly(text)}`,
});
