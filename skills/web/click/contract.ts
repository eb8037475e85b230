// What click promises: one button or link of the open page pressed.
import { defineContract } from '@switchboard/contract';
import { z } from 'zod';
import { pageViewSchema, saidView } from '../page-view.ts';
import { actReasons } from '../reasons.ts';
import { onSite, siteField } from '../site-field.ts';

export const contract = defineContract({
  name: 'click',
  version: '1.0.0',
  title: 'Click on something',
  description:
    'Clicks on a button, a link or another control of the web page that is open in this session, by the name that it has ' +
    'on the page.',
  tags: ['web', 'page', 'click', 'button', 'link', 'press'],
  input: z.strictObject({
    target: z.string().trim().min(1).max(200).describe('the name of the button or link, as the page shows it'),
    site: siteField,
  }),
  output: pageViewSchema,
  errors: actReasons,
  effects: [{ class: 'external', on: 'page' }],
  repeat: 'once',
  ingests: 'untrusted',
  timeoutMs: 120_000,
  utterances: [
    'click [on] [the] [button] {target}',
    'click [on] the link {target}',
    'click [on] {target} on {site}',
    'press [the] button {target}',
    'press the {target} button',
    'push the {target} button',
    'tap [on] {target}',
    'follow the link {target}',
    'choose {target} on the page',
  ],
  examples: [
    {
      says: 'click on Press',
      input: { target: 'Press' },
      output: {
        url: 'http://site.test/order',
        title: 'Clicked',
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
  ask: ({ target, site }) => `Click on “${target}”${onSite(site)}.`,
  say: (view, { target }) => `“${target}” was clicked on. ${saidView(view)}`,
});
