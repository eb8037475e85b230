// What notify promises: one notification to whoever watches this deployment, shown at most once.
import { defineContract, notificationPriorities, notificationWays } from '@switchboard/contract';
import { z } from 'zod';
import { shownExactly } from '../../shell/output-text.ts';

const ways = { any: 'any way that is set up here', ntfy: 'the ntfy topic', webhook: 'the webhook' };

export const contract = defineContract({
  name: 'notify',
  version: '1.0.0',
  title: 'Send a notification',
  description:
    'Sends a short notification to whoever watches this deployment: a push to a phone (ntfy), or a signed webhook. Not for a message to somebody else.',
  tags: ['notification', 'notify', 'push', 'alert', 'phone', 'ntfy', 'webhook', 'remind'],
  input: z.strictObject({
    text: z.string().min(1).max(1_000).describe('what it says'),
    title: z.string().min(1).max(200).optional().describe('a heading above it'),
    priority: z.enum(notificationPriorities).default('default').describe('how urgent it is'),
    tags: z
      .array(z.string().regex(/^[a-z0-9_+-]{1,32}$/i))
      .max(5)
      .default([])
      .describe('short labels; names of emoji are shown as those'),
    link: z
      .url({ protocol: /^https?$/ })
      .max(2_000)
      .optional()
      .describe('the web page that opens when it is touched'),
    via: z
      .enum(['any', ...notificationWays])
      .default('any')
      .describe('by which way; any takes the one that is set up'),
  }),
  output: z.strictObject({ via: z.enum(notificationWays).describe('the way that it took') }),
  errors: {
    'not-set-up': 'This way of notifying is not set up here; nothing was sent.',
    rejected: 'The other side does not take it; the operator must look at its settings.',
    disabled: 'The webhook has said that it is gone; nothing is sent to it any more.',
  },
  effects: [
    { class: 'read', on: 'notification' },
    { class: 'external', on: 'notification' },
  ],
  repeat: 'reconcilable',
  ingests: 'trusted',
  timeoutMs: 90_000,
  utterances: [
    'notify me [that] {text}',
    'send me [a] notification [(that|saying)] {text}',
    'send [a] notification [(that|saying)] {text}',
    'send [a] {priority} [priority] notification [(that|saying)] {text}',
    'push {text} to my phone',
    'send {text} to my phone',
    'alert me [that] {text}',
    'ping me [(that|with)] {text}',
    'send [a] push notification {text}',
    'notify me [that] {text} with [the] title {title}',
    'notify me [that] {text} and link [to] {link}',
    'call the webhook with {text}',
    'let me know on my phone that {text}',
  ],
  examples: [
    { says: 'notify me that the backup is done', input: { text: 'the backup is done' }, output: { via: 'ntfy' } },
    {
      says: 'send an urgent notification the cellar is wet',
      input: { text: 'the cellar is wet', priority: 'urgent' },
      output: { via: 'ntfy' },
    },
  ],
  redact: ['text', 'title', 'link'],
  say: ({ via }) => (via === 'ntfy' ? 'The notification is out.' : 'The webhook has taken the notification.'),
  ask({ text, title, priority, tags, link, via }) {
    const details = [
      `Way: ${via === 'any' ? ways.any : `${via}, ${ways[via]}`}`,
      ...(title === undefined ? [] : [`Title: ${shownExactly(title)}`]),
      `Priority: ${priority}`,
      ...(tags.length === 0 ? [] : [`Tags: ${tags.join(', ')}`]),
      ...(link === undefined ? [] : [`Link: ${shownExactly(link)}`]),
    ];
    return `Send this notification:\n\n${shownExactly(text)}\n\n${details.join('\n')}`;
  },
});
