// What describe-database promises: which tables and views there are to ask, and their columns.
import { defineContract } from '@switchboard/contract';
import { z } from 'zod';
import { countOf, printable, table } from '../../files/phrases.ts';
import { databaseReasons } from '../reasons.ts';

export const contract = defineContract({
  name: 'describe-database',
  version: '1.0.0',
  title: 'Describe the database',
  description:
    'Lists the tables and views of the PostgreSQL database that the agent was given, with their columns: all that its role may read, or one of them. For query-database.',
  tags: ['database', 'sql', 'tables', 'columns', 'schema', 'postgresql'],
  input: z.strictObject({
    table: z.string().trim().min(1).max(130).optional().describe('name of one table or view, also as schema.table'),
  }),
  output: z.strictObject({
    tables: z
      .array(
        z.strictObject({
          schema: z.string(),
          name: z.string(),
          kind: z.enum(['table', 'view']),
          rows: z.number().optional(),
          columns: z.array(z.strictObject({ name: z.string(), type: z.string(), nullable: z.boolean() })),
        }),
      )
      .max(100)
      .describe('tables and views by schema and name'),
    more: z.boolean().describe('whether there are more than these'),
  }),
  errors: { ...databaseReasons, 'not-found': 'There is no such table that the role may read.' },
  effects: [{ class: 'read', on: 'database' }],
  repeat: 'safe',
  ingests: 'untrusted',
  timeoutMs: 60_000,
  utterances: [
    'show [me] [the] tables of [the] database',
    'show [me] [the] database tables',
    'list [the] tables (of|in) [the] database',
    'which tables (are|does) [there] [in] [the] database [have]',
    'what tables are (there|in the database)',
    'describe [the] database',
    'describe [the] [database] table {table}',
    'show [me] [the] columns of [the] [database] table {table}',
    'what columns does [the] [database] table {table} have',
    'which columns (are in|has) [the] [database] table {table}',
    'what is in [the] database',
  ],
  examples: [
    {
      says: 'describe the table products',
      input: { table: 'products' },
      output: {
        tables: [
          {
            schema: 'public',
            name: 'products',
            kind: 'table',
            columns: [
              { name: 'id', type: 'integer', nullable: false },
              { name: 'name', type: 'text', nullable: false },
              { name: 'stock', type: 'integer', nullable: true },
            ],
          },
        ],
        more: false,
      },
    },
  ],
  say({ tables, more }) {
    if (tables.length === 0) return 'There is no table that may be read.';
    const [only, ...others] = tables;
    if (only !== undefined && others.length === 0) {
      const rows = only.columns.map(({ name, type, nullable }) =>
        [name, type, nullable ? '' : 'not null'].map(printable),
      );
      return `${printable(`${only.schema}.${only.name}`)}, a ${only.kind} with ${countOf(only.columns.length, 'column')}:\n${table(rows)}`;
    }
    const rows = tables.map(({ schema, name, columns }) => {
      const names = columns.slice(0, 8).map((column) => column.name);
      const rest = columns.length > names.length ? ', …' : '';
      return [printable(`${schema}.${name}`), printable(names.join(', ')) + rest];
    });
    const heading = more ? `The first ${tables.length} tables and views` : countOf(tables.length, 'table');
    return `${heading}:\n${table(rows)}`;
  },
});
