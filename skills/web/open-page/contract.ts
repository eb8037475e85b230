// What open-page promises: a page that stays open, to be worked in over several turns.
import { defineContract } from '@switchboard/contract';
import { z } from 'zod';
import { addressField } from '../address-field.ts';
import { pageViewSchema, saidView } from '../page-view.ts';
import { pageReasons } from '../reasons.ts';

export const contract = defineContract({
  name: 'open-page',
  version: '1.0.0',
  title: 'Open a page to work in it',
  description:
    'Opens a web page that stays open in this session: fill-form, click and read-current-page work in it. Cookies are ' +
    'kept for the session, so that a login lasts.',
  tags: ['web', 'page', 'open', 'browser', 'website', 'login'],
  input: z.strictObject({ url: addressField('the page to open') }),
  output: pageViewSchema,
  errors: pageReasons,
  effects: [{ class: 'read', on: 'page' }],
  repeat: 'safe',
  ingests: 'untrusted',
  timeoutMs: 90_000,
  utterances: [
    'open [the] [web] (page|website|site) {url}',
    'open {url} in [the] browser',
    'open {url}',
    'go to [the] [page] {url}',
    'navigate to [the] [page] {url}',
    'visit [the] [page] {url}',
    'surf to {url}',
    'take me to {url}',
    'bring up [the] (page|website|site) {url}',
  ],
  examples: [
    {
      says: 'open the page http://site.test/plain',
      input: { url: 'http://site.test/plain' },
      output: {
        url: 'http://site.test/plain',
        title: 'Plain',
        text: '# Plain\n\nNothing but words.',
        controls: [],
        asksForPassword: false,
      },
    },
  ],
  redact: ['text', 'controls'],
  say: saidView,
});
