// What a query can do to a database, tried on a real PostgreSQL: nothing; and each attempt has a named end.
import { randomUUID } from 'node:crypto';
import type { DatabaseRead } from '@switchboard/contract';
import { waitUntil } from '@switchboard/testkit';
import { createShopDatabase, type ShopDatabase } from '@switchboard/testkit/peers/shop-database';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseAt } from './database-at.ts';

let shop: ShopDatabase;
beforeAll(async () => {
  shop = await createShopDatabase();
});
afterAll(() => shop.drop());

const reader = (signal?: AbortSignal): DatabaseRead => databaseAt(shop.urlFor(shop.role), signal);
const query = (sql: string, ...parameters: (string | number | boolean | null)[]) =>
  reader().query(sql, parameters, { rowsMax: 10 });

/** All that could show an effect. */
async function state(): Promise<unknown> {
  const [products, locks, prepared, objects, roles] = await Promise.all([
    shop.run('SELECT * FROM products ORDER BY id'),
    shop.run(
      "SELECT objid FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
    ),
    shop.run('SELECT gid FROM pg_prepared_xacts WHERE database = current_database()'),
    shop.run("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1"),
    shop.run(`SELECT setconfig FROM pg_db_role_setting WHERE setrole = '${shop.role}'::regrole`),
  ]);
  return {
    products,
    locks,
    prepared,
    objects,
    roles,
    numbers: await shop.run('SELECT last_value, is_called FROM numbers'),
  };
}

/** No connection of the role is left once a call has ended. */
function nobodyLeft(): Promise<unknown> {
  const left = `SELECT 1 FROM pg_stat_activity WHERE usename = '${shop.role}'`;
  return waitUntil('its connections to end', async () => (await shop.run(left)).length === 0);
}

describe('values', () => {
  it('are exact, or text as PostgreSQL writes it', async () => {
    const { columns, rows } = await query(
      `SELECT 1 AS a, 2 AS a, 9007199254740993::int8 AS big, 7::int8 AS small, 1.50::numeric AS amount, 'NaN'::float8 AS f,
        0.1::float8 AS g, true AS yes, NULL AS nothing, '{"a": [1, null]}'::jsonb AS j, date '2026-01-01' AS d,
        timestamp '2026-01-01 10:00' AS t, '\\x00ff'::bytea AS bytes, ARRAY[1, 2] AS list, '' AS empty`,
    );
    expect(columns.slice(0, 3)).toEqual([
      { name: 'a', type: 'integer' },
      { name: 'a', type: 'integer' },
      { name: 'big', type: 'bigint' },
    ]);
    expect(rows).toEqual([
      [
        1,
        2,
        '9007199254740993',
        7,
        '1.50',
        'NaN',
        0.1,
        true,
        null,
        { a: [1, null] },
        '2026-01-01',
        '2026-01-01 10:00:00',
        '\\x00ff',
        '{1,2}',
        '',
      ],
    ]);
  });

  it('JSON that is deeper than anybody means stays text', async () => {
    const { rows } = await query("SELECT (repeat('[', 70) || repeat(']', 70))::json");
    expect(rows).toEqual([['['.repeat(70) + ']'.repeat(70)]]);
  });

  it('parameters are values, and never part of the statement', async () => {
    const evil = "x'; DROP TABLE products; --";
    expect(
      (
        await query(
          'SELECT $1::text, $2::int, $3::boolean, $4::jsonb, $5::date, $6::text',
          evil,
          3,
          true,
          '{"a": 1}',
          '2026-01-01',
          null,
        )
      ).rows,
    ).toEqual([[evil, 3, true, { a: 1 }, '2026-01-01', null]]);
  });

  it('a table without rows has columns; SHOW and EXPLAIN have rows', async () => {
    expect(await query('SELECT name FROM products WHERE false')).toEqual({
      columns: [{ name: 'name', type: 'text' }],
      rows: [],
      more: false,
    });
    expect((await query('SHOW transaction_read_only')).rows).toEqual([['on']]);
    expect((await query('EXPLAIN SELECT 1')).rows).toHaveLength(1);
  });

  it.each([
    [10, false],
    [11, true],
  ])('of %i rows ten are taken', async (count, more) => {
    const found = await query('SELECT generate_series(1, $1)', count);
    expect(found.rows).toHaveLength(10);
    expect(found.more).toBe(more);
  });
});

describe('what would change something', () => {
  const file = `'/tmp/switchboard-${randomUUID()}'`;

  it.each([
    ["INSERT INTO products VALUES (3, 'Stool', 1)", 'not-a-query'],
    ["WITH new AS (INSERT INTO products VALUES (3, 'Stool', 1) RETURNING *) SELECT * FROM new", 'read-only'],
    ['WITH gone AS (DELETE FROM products RETURNING *) SELECT * FROM gone', 'read-only'],
    ['EXPLAIN ANALYZE DELETE FROM products', 'read-only'],
    ['SELECT * INTO copy FROM products', 'read-only'],
    ['EXPLAIN ANALYZE CREATE TABLE copy AS SELECT 1', 'not-allowed'],
    ['SELECT * FROM products FOR UPDATE', 'read-only'],
    ["SELECT nextval('numbers')", 'not-allowed'],
    ["SELECT setval('numbers', 100)", 'not-allowed'],
    ['SELECT lo_create(0)', 'read-only'],
    ['SELECT 1; DELETE FROM products', 'not-a-query'],
    ['SELECT 1; COMMIT; BEGIN; DELETE FROM products', 'not-a-query'],
    ['COMMIT', 'not-a-query'],
    ['ROLLBACK; DELETE FROM products', 'not-a-query'],
    ["PREPARE TRANSACTION 'x'", 'not-a-query'],
    ['SET default_transaction_read_only = off', 'not-a-query'],
    ["SELECT set_config('transaction_read_only', 'off', false)", 'bad-query'],
    ['SET ROLE postgres', 'not-a-query'],
    ["SELECT set_config('role', 'postgres', false)", 'not-allowed'],
    ["SELECT set_config('session_authorization', 'postgres', false)", 'not-allowed'],
    ['ALTER ROLE CURRENT_USER SET default_transaction_read_only = off', 'not-a-query'],
    ['DO $$ BEGIN DELETE FROM products; END $$', 'not-a-query'],
    ['NOTIFY shop', 'not-a-query'],
    ["COPY products TO PROGRAM 'id'", 'not-a-query'],
    [`COPY products TO ${file}`, 'not-a-query'],
    ["SELECT pg_read_file('/etc/passwd')", 'not-allowed'],
    ["SELECT pg_ls_dir('/')", 'not-allowed'],
    ["SELECT lo_import('/etc/passwd')", 'not-allowed'],
    ["SELECT pg_stat_file('/etc/passwd')", 'not-allowed'],
    ['SELECT * FROM pg_authid', 'not-allowed'],
    ['SELECT pg_reload_conf()', 'not-allowed'],
    ['SELECT * FROM secrets', 'not-allowed'],
    ["SELECT query_to_xml('DELETE FROM products', true, true, '')", 'bad-query'],
    ["SELECT * FROM dblink('dbname=postgres', 'DELETE FROM products') AS t(a int)", 'bad-query'],
    ['selec', 'not-a-query'],
    ['SELECT FROM WHERE', 'bad-query'],
    ['SELECT 1/0', 'bad-query'],
    ['SELECT $1', 'bad-query'],
    ["SELECT 'x'::int", 'bad-query'],
    ['SELECT "\ud800"', 'bad-query'],
  ])('%s: %s', async (sql, reason) => {
    const before = await state();
    await expect(query(sql)).rejects.toMatchObject({ code: 'skill-failed', reason });
    expect(await state()).toEqual(before);
  });

  it.each([
    ['an advisory lock', 'SELECT pg_advisory_lock(42)'],
    ['a notification', "SELECT pg_notify('shop', 'x')"],
    ['a snapshot', 'SELECT pg_export_snapshot()'],
    ['a setting', "SELECT set_config('statement_timeout', '0', false)"],
  ])('%s does not outlive the call', async (_, sql) => {
    await query(sql);
    await nobodyLeft();
    expect(await state()).toMatchObject({ locks: [] });
    expect((await query('SHOW statement_timeout')).rows).toEqual([['15s']]);
  });
});

describe('what does not end', () => {
  it('is ended by the database', { timeout: 60_000 }, async () => {
    await expect(query('SELECT pg_sleep(600)')).rejects.toMatchObject({ reason: 'too-slow' });
    await nobodyLeft();
  });

  it('does not wait for a lock that somebody holds', { timeout: 30_000 }, async () => {
    const [blocked] = await Promise.allSettled([
      waitUntil(
        'a lock',
        async () =>
          (
            await shop.run(
              "SELECT 1 FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND relation = 'products'::regclass",
            )
          ).length > 0,
      ).then(() => query('SELECT * FROM products')),
      shop.run('BEGIN; LOCK TABLE products; SELECT pg_sleep(5); COMMIT'),
    ]);
    expect(blocked).toMatchObject({ status: 'rejected', reason: { reason: 'too-slow' } });
  });

  it('a flood is cut, within the memory of one answer', { timeout: 60_000 }, async () => {
    const before = process.memoryUsage().rss;
    const flood = reader().query('SELECT repeat(md5(i::text), 30000) FROM generate_series(1, 2000) i', [], {
      rowsMax: 10_000,
    });
    await expect(flood).rejects.toMatchObject({ reason: 'too-large' });
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
    await nobodyLeft();
  });

  it('neither is one row of a gigabyte taken', { timeout: 60_000 }, async () => {
    const before = process.memoryUsage().rss;
    const flood = query("SELECT repeat('x', 1000000000)");
    await expect(flood).rejects.toMatchObject({ reason: expect.stringMatching(/^too-(large|slow)$/) });
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
  });

  it('ends at once when the call is cut off, here and in the database', async () => {
    const controller = new AbortController();
    const asked = reader(controller.signal).query('SELECT pg_sleep(600)', [], { rowsMax: 1 });
    const refused = expect(asked).rejects.toThrow('the person said so');
    const sleeping = `SELECT 1 FROM pg_stat_activity WHERE usename = '${shop.role}' AND query LIKE '%pg_sleep%' AND state = 'active'`;
    await waitUntil('it to sleep', async () => (await shop.run(sleeping)).length > 0);
    controller.abort(new Error('the person said so'));
    await refused;
    await nobodyLeft();
  });
});
