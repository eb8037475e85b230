// What save-pdf promises: a page on paper.
import { artifactSchema, defineContract } from '@switchboard/contract';
import { z } from 'zod';
import { addressField, finalAddress, pageTitle } from '../address-field.ts';
import { pageName, sizeOf } from '../phrases.ts';
import { pageReasons } from '../reasons.ts';

export const contract = defineContract({
  name: 'save-pdf',
  version: '1.0.0',
  title: 'Save a page as PDF',
  description: 'Opens a web page in a browser and prints it as a PDF of A4 pages.',
  tags: ['web', 'page', 'pdf', 'print', 'paper', 'document'],
  input: z.strictObject({ url: addressField('the page to print') }),
  output: z.strictObject({
    url: finalAddress,
    title: pageTitle,
    pdf: artifactSchema.describe('the page as PDF'),
  }),
  errors: pageReasons,
  effects: [{ class: 'read', on: 'page' }],
  repeat: 'safe',
  ingests: 'untrusted',
  timeoutMs: 90_000,
  utterances: [
    'save [the] [page] {url} as [a] pdf',
    '[the] pdf of [the] [page] {url}',
    '(make|create) [a] pdf (of|from) [the] [page] {url}',
    'print [the] (page|website|site) {url}',
    'print {url} to [a] pdf',
    '(turn|convert) [the] [page] {url} (into|to) [a] pdf',
    'give me [the] [page] {url} as [a] pdf',
    'export [the] [page] {url} (as|to) pdf',
  ],
  examples: [
    {
      says: 'save http://site.test/plain as pdf',
      input: { url: 'http://site.test/plain' },
      output: {
        url: 'http://site.test/plain',
        title: 'Plain',
        pdf: {
          id: '00000000-0000-7000-8000-000000000001',
          name: 'plain.pdf',
          mediaType: 'application/pdf',
          bytes: 0,
          sha256: '0'.repeat(64),
        },
      },
    },
  ],
  say: ({ url, title, pdf }) => `${pageName({ url, title })} is attached as a PDF (${sizeOf(pdf.bytes)}).`,
});
