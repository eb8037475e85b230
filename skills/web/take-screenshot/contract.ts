// What take-screenshot promises: a picture of a page as it looks.
import { artifactSchema, defineContract } from '@switchboard/contract';
import { z } from 'zod';
import { addressField, finalAddress, pageTitle } from '../address-field.ts';
import { pageName } from '../phrases.ts';
import { pageReasons } from '../reasons.ts';

export const contract = defineContract({
  name: 'take-screenshot',
  version: '1.0.0',
  title: 'Take a screenshot of a page',
  description: 'Opens a web page in a browser and takes a picture of it: of what is seen first, or of the whole page.',
  tags: ['web', 'page', 'picture', 'image', 'screenshot', 'photo'],
  input: z.strictObject({
    url: addressField('the page to take a picture of'),
    wholePage: z.boolean().default(false).describe('the whole page, and not only what is seen first'),
  }),
  output: z.strictObject({
    url: finalAddress,
    title: pageTitle,
    image: artifactSchema.describe('the picture, as PNG'),
    width: z.int().min(1).describe('of the picture, in pixels'),
    height: z.int().min(1).describe('of the picture, in pixels'),
  }),
  errors: pageReasons,
  effects: [{ class: 'read', on: 'page' }],
  repeat: 'safe',
  ingests: 'untrusted',
  timeoutMs: 90_000,
  utterances: [
    '[take] [me] [a] screenshot of [the] [page] {url}',
    '[take] [a] (picture|photo|snapshot) of [the] [web] [page] {url}',
    'screenshot {url}',
    'capture [the] [page] {url}',
    'make [me] [a] (screenshot|picture) of {url}',
    'show me what {url} looks like',
    'how does [the] (page|website|site) {url} look',
    'what does [the] (page|website|site) {url} look like',
    'grab [a] [screenshot] [of] [the] [page] {url}',
  ],
  examples: [
    {
      says: 'take a screenshot of http://site.test/plain',
      input: { url: 'http://site.test/plain' },
      output: {
        url: 'http://site.test/plain',
        title: 'Plain',
        image: {
          id: '00000000-0000-7000-8000-000000000001',
          name: 'plain.png',
          mediaType: 'image/png',
          bytes: 0,
          sha256: '0'.repeat(64),
        },
        width: 1280,
        height: 900,
      },
    },
  ],
  say: ({ url, title, width, height }) =>
    `A picture of ${pageName({ url, title })}, ${width} × ${height} pixels, is attached.`,
});
