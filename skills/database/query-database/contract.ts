// What query-database promises: the rows of one SQL query, under a role and in a transaction that cannot change anything.
import { artifactSchema, defineContract } from '@switchboard/contract';
import { z } from 'zod';
import { countOf, printable, table } from '../../files/phrases.ts';
import { databaseReasons } from '../reasons.ts';

const cell = z.json();
/** Of one cell in what is said; the output and the CSV hold it whole. */
const cellCharactersMax = 60;

function cellText(value: unknown): string {
  const text = value === null ? '' : printable(typeof value === 'string' ? value : JSON.stringify(value));
  return text.length <= cellCharactersMax ? text : `${text.slice(0, cellCharactersMax - 1).toWellFormed()}…`;
}

export const contract = defineContract({
  name: 'query-database',
  version: '1.0.0',
  title: 'Query the database',
  description:
    'Runs one SQL query (SELECT, WITH, VALUES, TABLE, SHOW or EXPLAIN) on the PostgreSQL database that the agent was given, which it can only read. Values belong into `parameters`, for $1, $2 and so on. Many rows come as a CSV file. describe-database tells tables and columns.',
  tags: ['database', 'sql', 'query', 'select', 'postgresql', 'rows', 'report'],
  input: z.strictObject({
    sql: z.string().trim().min(1).max(20_000).describe('one SQL query'),
    parameters: z
      .array(z.union([z.string().max(10_000), z.number(), z.boolean(), z.null()]))
      .max(100)
      .default([])
      .describe('values for $1, $2 and so on'),
    rowsMax: z.int().min(1).max(10_000).default(1000).describe('how many rows at most'),
  }),
  output: z.strictObject({
    columns: z
      .array(z.strictObject({ name: z.string(), type: z.string() }))
      .max(1664)
      .describe('name and type of each column'),
    rows: z.array(z.array(cell)).max(100).describe('the rows, or the first of them where csv holds them all'),
    rowCount: z.int().min(0).describe('how many rows came'),
    more: z.boolean().describe('whether the query gives more rows than were taken'),
    csv: artifactSchema.optional().describe('all rows that came, where they are too many for this answer'),
  }),
  errors: {
    ...databaseReasons,
    'not-a-query':
      'It is no query: something else than SELECT, WITH, VALUES, TABLE, SHOW or EXPLAIN, or more than one.',
    'read-only': 'It would write, and nothing is written here.',
  },
  effects: [{ class: 'read', on: 'database' }],
  repeat: 'safe',
  ingests: 'untrusted',
  timeoutMs: 60_000,
  utterances: [
    'query [the] database {sql}',
    'query [the] database: {sql}',
    'run [the] [sql] query {sql}',
    'run [the] sql {sql}',
    'execute [the] sql [query] {sql}',
    'run {sql} (on|against|in) [the] database',
    'sql {sql}',
    'sql: {sql}',
    'database query {sql}',
  ],
  examples: [
    {
      says: 'query the database select name, stock from products order by name',
      input: { sql: 'select name, stock from products order by name' },
      output: {
        columns: [
          { name: 'name', type: 'text' },
          { name: 'stock', type: 'integer' },
        ],
        rows: [
          ['Chair', 12],
          ['Table', 3],
        ],
        rowCount: 2,
        more: false,
      },
    },
    {
      says: 'the products of which there are fewer than so many',
      input: { sql: 'select count(*) from products where stock < $1', parameters: [10] },
      output: { columns: [{ name: 'count', type: 'bigint' }], rows: [[1]], rowCount: 1, more: false },
    },
  ],
  redact: ['parameters', 'rows'],
  say({ columns, rows, rowCount, more, csv }) {
    if (rowCount === 0) return 'No rows.';
    const heading = more ? `The first ${countOf(rowCount, 'row')}; there are more:` : `${countOf(rowCount, 'row')}:`;
    const shown = rows.map((row) => row.map(cellText));
    const names = columns.map(({ name }) => printable(name));
    const attached = csv === undefined ? '' : `\n\nThese are the first ${rows.length}: all ${rowCount} are attached.`;
    return `${heading}\n${table([names, ...shown])}${attached}`;
  },
});
