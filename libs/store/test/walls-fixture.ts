// A database as npm start prepares it, and a row in any table, whatever its columns are.
import { randomUUID } from 'node:crypto';
import { freshDatabase } from '@switchboard/testkit';
import { dropDatabase } from '../src/databases.ts';
import { type DatabaseUrls, newLogins, prepareDatabase } from '../src/index.ts';
import { openSql, type Pool } from '../src/sql.ts';

export interface Walls {
  /** Of the superuser: nothing holds it. */
  readonly adminUrl: string;
  readonly urls: DatabaseUrls;
  /** As the superuser, without foreign keys, checks and triggers. */
  readonly admin: Pool;
  /** A row: what is not given is something of its column's type. */
  fill(table: string, given?: Readonly<Record<string, unknown>>): Promise<void>;
  close(): Promise<void>;
}

export function urlOf(serverUrl: string, database: string): string {
  return Object.assign(new URL(serverUrl), { pathname: `/${database}` }).href;
}

/** Of the types that there are; a column of a new one wants a line here. */
const something: Readonly<Record<string, unknown>> = {
  uuid: '00000000-0000-4000-8000-00000000000a',
  text: 'x',
  'text[]': [],
  integer: 1,
  bigint: 1,
  boolean: true,
  jsonb: {},
  bytea: Buffer.from([1]),
  date: '2026-01-01',
  'timestamp with time zone': new Date(0),
};

export async function openWalls(): Promise<Walls> {
  const home = await freshDatabase();
  const name = `walls_${randomUUID().slice(0, 8)}`;
  const adminUrl = urlOf(home.url, name);
  const urls = await prepareDatabase(adminUrl, newLogins(name.slice(6)));
  const admin = openSql({ url: adminUrl, connectionsMax: 1 });
  await admin`SET session_replication_role = replica`;
  const checks = await admin<{ statement: string }[]>`
    SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS statement
    FROM pg_constraint WHERE contype = 'c' AND connamespace = 'public'::regnamespace`;
  for (const { statement } of checks) await admin.unsafe(statement);
  return {
    adminUrl,
    urls,
    admin,
    async fill(table, given = {}) {
      const columns = await admin<{ name: string; type: string }[]>`
        SELECT attname AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute
        WHERE attrelid = ${table}::regclass AND attnum > 0 AND NOT attisdropped
          AND (attname = ANY(${Object.keys(given)}) OR NOT atthasdef AND attidentity = '')`;
      const row = columns.map(({ name: column, type }) => {
        const value = column in given ? given[column] : something[type];
        if (value === undefined) throw new Error(`${table}.${column}: nothing is known of the type ${type}`);
        return [column, value] as const;
      });
      await admin`INSERT INTO ${admin(table)} ${admin(Object.fromEntries(row) as Record<string, never>)}`;
    },
    async close() {
      await admin.end();
      await dropDatabase(home.url, name);
      await home.drop();
    },
  };
}
