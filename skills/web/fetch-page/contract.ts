// What fetch-page promises: what there is to read on a page, with its links.
import { artifactSchema, defineContract } from '@switchboard/contract';
import { z } from 'zod';
import { addressField, finalAddress, pageTitle } from '../address-field.ts';
import { pageName, saidLinks, saidText } from '../phrases.ts';
import { pageReasons } from '../reasons.ts';

export const contract = defineContract({
  name: 'fetch-page',
  version: '1.0.0',
  title: 'Read a web page',
  description:
    'Opens a web page in a browser, lets its scripts run, and gives what there is to read: title, text and links. ' +
    'A long text is attached whole.',
  tags: ['web', 'page', 'website', 'read', 'article', 'internet'],
  input: z.strictObject({ url: addressField('the page to read') }),
  output: z.strictObject({
    url: finalAddress,
    title: pageTitle,
    text: z.string().describe('what there is to read, or its beginning when truncated'),
    truncated: z.boolean().describe('whether text is only the beginning'),
    links: z
      .array(z.strictObject({ text: z.string(), url: z.string() }))
      .describe('where the page leads, each address once; at most 100'),
    byline: z.string().optional().describe('who wrote it, where the page says so'),
    language: z.string().optional().describe('its language as a BCP 47 tag, where the page says so'),
    page: artifactSchema.optional().describe('the whole text as a file, where it is longer than can be shown at once'),
  }),
  errors: pageReasons,
  effects: [{ class: 'read', on: 'page' }],
  repeat: 'safe',
  ingests: 'untrusted',
  timeoutMs: 90_000,
  utterances: [
    'read [me] [the] [web] (page|website|site|article) [at] {url}',
    'fetch [the] [page] {url}',
    'get [me] [the] [text of] [the] [page] {url}',
    'what does [the] (page|website|site|article) {url} say',
    'what is (on|at) [the] [page] {url}',
    'show me [the] [text of] [the] (page|website|site) {url}',
    '[the] text of [the] [page] {url}',
    'browse [to] {url}',
    'look up [the] (page|website|site) {url}',
    'what can I read at {url}',
  ],
  examples: [
    {
      says: 'read the page http://site.test/article',
      input: { url: 'http://site.test/article' },
      output: {
        url: 'http://site.test/article',
        title: 'The well',
        text: 'The village well was dug in 1742 and is forty metres deep.\n\nThe mill',
        truncated: false,
        links: [{ text: 'The mill', url: 'http://site.test/mill' }],
        language: 'en',
      },
    },
  ],
  redact: ['text', 'links'],
  say({ url, title, text, truncated, links, page }) {
    const heading = `${pageName({ url, title })}:`;
    if (text === '') return `${heading} there is nothing to read on it.`;
    const rest =
      page === undefined ? 'This is only the beginning.' : 'This is only the beginning: the whole text is attached.';
    const said = saidText(text, rest) + (truncated && text.length < 12_000 ? `\n\n… ${rest}` : '');
    return links.length === 0 ? `${heading}\n\n${said}` : `${heading}\n\n${said}\n\nLinks:\n${saidLinks(links)}`;
  },
});
