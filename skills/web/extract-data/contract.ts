// What extract-data promises: named values out of a page, as data.
import { artifactSchema, defineContract } from '@switchboard/contract';
import { z } from 'zod';
import { addressField, finalAddress, pageTitle } from '../address-field.ts';
import { pageName, visible } from '../phrases.ts';
import { pageReasons } from '../reasons.ts';

const recordsSaidMax = 20;
const valueCharactersMax = 200;

function saidValue(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return visible(text.length > valueCharactersMax ? `${text.slice(0, valueCharactersMax).toWellFormed()}…` : text);
}

function saidRecord(record: Readonly<Record<string, unknown>>): string {
  const entries = Object.entries(record).slice(0, 20);
  return entries.map(([name, value]) => `${visible(name)}: ${saidValue(value)}`).join(', ');
}

export const contract = defineContract({
  name: 'extract-data',
  version: '1.0.0',
  title: 'Extract data from a page',
  description:
    'Takes named fields, or what a JSON Schema describes, out of a web page: from its tables, lists, JSON-LD, microdata ' +
    'and meta elements. Without fields it gives everything that the page says in such a form.',
  tags: ['web', 'page', 'data', 'table', 'extract', 'scrape', 'json'],
  input: z.strictObject({
    url: addressField('the page to take the data from'),
    fields: z
      .array(z.string().trim().min(1).max(100))
      .max(50)
      .optional()
      .describe('the names of the values to look for, such as price'),
    schema: z
      .record(z.string(), z.unknown())
      .optional()
      .describe('a JSON Schema instead: an object with properties, or an array of such objects'),
  }),
  output: z.strictObject({
    url: finalAddress,
    title: pageTitle,
    data: z.record(z.string(), z.unknown()).describe('what was found, by name'),
    records: z
      .array(z.record(z.string(), z.unknown()))
      .describe('one for each thing, where the page lists several; at most 200, all are in the file'),
    missing: z.array(z.string()).describe('what was looked for and not found'),
    json: artifactSchema.describe('all of it as a JSON file'),
  }),
  errors: { ...pageReasons, 'bad-schema': 'The schema is no object with properties, and no array of such.' },
  effects: [{ class: 'read', on: 'page' }],
  repeat: 'safe',
  ingests: 'untrusted',
  timeoutMs: 90_000,
  utterances: [
    'extract [the] {fields} from [the] [page] {url}',
    'extract [the] (data|tables) from [the] [page] {url}',
    'get [me] [the] {fields} (from|of|on) [the] [page] {url}',
    'scrape [the] [page] {url}',
    'scrape [the] {fields} (from|off) [the] [page] {url}',
    'what [is] [the] {fields} on [the] page {url}',
    'pull [the] {fields} out of [the] [page] {url}',
    '(collect|read) [the] data (from|of|on) [the] page {url}',
    '[the] data of [the] page {url}',
    'find [the] {fields} on [the] (page|website|site) {url}',
  ],
  examples: [
    {
      says: 'extract name, price and currency from http://site.test/shop',
      input: { url: 'http://site.test/shop', fields: ['name', 'price', 'currency'] },
      output: {
        url: 'http://site.test/shop',
        title: 'Teapot',
        data: { name: 'Blue teapot', price: '24.50', currency: 'EUR' },
        records: [],
        missing: [],
        json: {
          id: '00000000-0000-7000-8000-000000000001',
          name: 'teapot.json',
          mediaType: 'application/json',
          bytes: 0,
          sha256: '0'.repeat(64),
        },
      },
    },
  ],
  redact: ['data', 'records'],
  say({ url, title, data, records, missing }) {
    const lines = records.slice(0, recordsSaidMax).map((record) => `  ${saidRecord(record)}`);
    const more = records.length > recordsSaidMax ? [`  … and ${records.length - recordsSaidMax} more`] : [];
    const single = Object.entries(data).map(([name, value]) => `  ${visible(name)}: ${saidValue(value)}`);
    const found = records.length > 0 ? [...lines, ...more] : single.slice(0, 60);
    const none = missing.length === 0 ? '' : `\nNot found: ${missing.map(visible).join(', ')}.`;
    if (found.length === 0)
      return `${pageName({ url, title })} says nothing of that in a form that can be taken out.${none}`;
    return `${pageName({ url, title })}:\n${found.join('\n')}${none}\n\nAll of it is attached as a JSON file.`;
  },
});
