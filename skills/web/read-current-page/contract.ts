// What read-current-page promises: the page that is open, as it is now.
import { defineContract } from '@switchboard/contract';
import { z } from 'zod';
import { pageViewSchema, saidView } from '../page-view.ts';
import { openPageReasons } from '../reasons.ts';

export const contract = defineContract({
  name: 'read-current-page',
  version: '1.0.0',
  title: 'Read the page that is open',
  description:
    'Shows the web page that is open in this session: what there is to read, and what can be filled in or clicked.',
  tags: ['web', 'page', 'current', 'open', 'form', 'fields'],
  input: z.strictObject({}),
  output: pageViewSchema,
  errors: openPageReasons,
  effects: [{ class: 'read', on: 'page' }],
  repeat: 'safe',
  ingests: 'untrusted',
  timeoutMs: 90_000,
  utterances: [
    'read [the] (current|open) page',
    'read this page',
    'what is on (this|the current|the open) page',
    'show [me] (this|the current|the open) page',
    'what does (this|the current|the open) page say',
    'which page is open',
    'where am I in the browser',
    'what can I (click|fill in) (here|on this page)',
    'look at the page again',
  ],
  examples: [
    {
      says: 'read this page',
      input: {},
      output: {
        url: 'http://site.test/order',
        title: 'Order',
        text: '# Order\n\nName Size As a gift Send order\n\nPress Twin Twin Away New window',
        controls: [
          { role: 'textbox', name: 'Name' },
          { role: 'combobox', name: 'Size', value: 'small' },
          { role: 'checkbox', name: 'As a gift', value: 'no' },
          { role: 'textbox', name: 'Notes' },
          { role: 'button', name: 'Send order' },
          { role: 'button', name: 'Press' },
          { role: 'button', name: 'Twin' },
          { role: 'button', name: 'Twin' },
          { role: 'link', name: 'Away' },
          { role: 'link', name: 'New window' },
        ],
        asksForPassword: false,
      },
    },
  ],
  redact: ['text', 'controls'],
  say: saidView,
});
