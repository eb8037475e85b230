// What a query can do to a database, tried on a real PostgreSQL: nothing; and each attempt has a named end.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { DatabaseRead } from '@switchboard/contract';
import { waitUntil } from '@switchboard/testkit';
import { createShopDatabase, rolePassword, type ShopDatabase } from '@switchboard/testkit/peers/shop-database';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createDatabaseAdapter } from '../src/database/database-adapter.ts';

let shop: ShopDatabase;
beforeAll(async () => {
  shop = await createShopDatabase();
});
afterAll(() => shop.drop());

function databaseAt(url: string, signal = new AbortController().signal): DatabaseRead {
  const read = createDatabaseAdapter(url).read;
  if (read === undefined) throw new Error('it cannot read');
  return read({ invocationId: randomUUID(), session: randomUUID(), signal, deadline: new Date(Date.now() + 60_000) });
}

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

describe('a role that can do more than read', () => {
  const role = `other_${randomUUID().slice(0, 8)}`;
  const group = `group_${randomUUID().slice(0, 8)}`;
  const ask = () => databaseAt(shop.urlFor(role)).query('SELECT 1', [], { rowsMax: 1 });
  beforeAll(() =>
    shop.run(
      `CREATE ROLE ${role} LOGIN PASSWORD '${rolePassword}' NOINHERIT; CREATE ROLE ${group}; GRANT ${group} TO ${role}`,
    ),
  );
  afterAll(() => shop.run(`DROP OWNED BY ${role}, ${group} CASCADE; DROP ROLE ${role}; DROP ROLE ${group}`));

  it.each([
    [`GRANT INSERT ON products TO ${role}`, `REVOKE ALL ON products FROM ${role}`, 'may write to public.products'],
    [
      `GRANT UPDATE (stock) ON products TO ${role}`,
      `REVOKE UPDATE (stock) ON products FROM ${role}`,
      'may write to public.products',
    ],
    [`GRANT TRUNCATE ON products TO ${group}`, `REVOKE ALL ON products FROM ${group}`, 'may write to public.products'],
    ['GRANT DELETE ON scarce TO PUBLIC', 'REVOKE ALL ON scarce FROM PUBLIC', 'may write to public.scarce'],
    [
      `GRANT CREATE ON SCHEMA public TO ${role}`,
      `REVOKE CREATE ON SCHEMA public FROM ${role}`,
      'may create tables in the schema public',
    ],
    [
      `ALTER TABLE secrets OWNER TO ${group}`,
      'ALTER TABLE secrets OWNER TO CURRENT_USER',
      'may write to public.secrets',
    ],
    [`ALTER ROLE ${role} CREATEROLE`, `ALTER ROLE ${role} NOCREATEROLE`, 'may create roles, databases or replicas'],
    [`ALTER ROLE ${role} SUPERUSER`, `ALTER ROLE ${role} NOSUPERUSER`, 'is a superuser'],
    [`GRANT pg_write_all_data TO ${group}`, `REVOKE pg_write_all_data FROM ${group}`, 'belongs to pg_write_all_data'],
    [
      `GRANT pg_execute_server_program TO ${role}`,
      `REVOKE pg_execute_server_program FROM ${role}`,
      'belongs to pg_execute_server_program',
    ],
    ['CREATE EXTENSION dblink', 'DROP EXTENSION dblink', 'of dblink, which reaches out of the database'],
  ])('%s', async (give, take, why) => {
    await ask();
    await shop.run(give);
    try {
      await expect(ask()).rejects.toMatchObject({
        reason: 'role-may-write',
        message: expect.stringMatching(new RegExp(`^The database’s role .*${why}.*CREATE ROLE reader`)),
      });
      await expect(databaseAt(shop.urlFor(role)).tables({ max: 1 })).rejects.toMatchObject({
        reason: 'role-may-write',
      });
    } finally {
      await shop.run(take);
    }
    await ask();
  });

  it('neither is the administrator', async () => {
    await expect(databaseAt(shop.url).query('SELECT 1', [], { rowsMax: 1 })).rejects.toMatchObject({
      reason: 'role-may-write',
    });
  });
});

describe('a database that is not there', () => {
  const refused = { code: 'unavailable' };
  const ask = (url: string) => databaseAt(url).query('SELECT 1', [], { rowsMax: 1 });

  it('nobody listens, a wrong password, no such database', async () => {
    await expect(ask('postgres://a:b@127.0.0.1:1/shop')).rejects.toMatchObject(refused);
    const url = shop.urlFor(shop.role);
    await expect(ask(url.replace(rolePassword, 'wrong'))).rejects.toMatchObject({
      ...refused,
      message: expect.stringContaining('password authentication failed'),
    });
    await expect(ask(`${url}-nowhere`)).rejects.toMatchObject(refused);
  });

  it.each([
    ['hangs up at once', (socket: import('node:net').Socket) => socket.destroy()],
    ['speaks another language', (socket: import('node:net').Socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['never says a word', () => {}],
  ])('something that %s', { timeout: 20_000 }, async (_, meet) => {
    const server = createServer(meet).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    await expect(ask(`postgres://a:b@127.0.0.1:${port}/shop`)).rejects.toMatchObject(refused);
  });
});
