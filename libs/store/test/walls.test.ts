// S3, S4: raw SQL, as the gateway's own roles, sees no other principal's row and changes nothing that it should not.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSql, type Pool } from '../src/sql.ts';
import { openWalls, type Walls } from './walls-fixture.ts';

const ann = '00000000-0000-4000-8000-00000000000a';
const notAllowed = '42501';

let on: Walls;
let api: Pool;
let work: Pool;
let tables: string[];
beforeAll(async () => {
  on = await openWalls();
  api = openSql({ url: on.urls.url, connectionsMax: 1 });
  work = openSql({ url: on.urls.workUrl, connectionsMax: 1 });
  const found = await on.admin<{ name: string }[]>`
    SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f')
    ORDER BY relname`;
  tables = found.map(({ name }) => name);
  for (const table of tables) {
    const [row] = await on.admin`SELECT 1 FROM ${on.admin(table)}`;
    if (!row) await on.fill(table);
  }
});
afterAll(async () => {
  await Promise.all([api.end(), work.end()]);
  await on.close();
});

/** How many rows of each table are seen; `refused` where none may be read at all. */
async function seen(sql: Pool, principal?: string): Promise<Record<string, number | 'refused'>> {
  const counts: Record<string, number | 'refused'> = {};
  for (const table of tables) {
    counts[table] = await sql
      .begin(async (tx) => {
        if (principal !== undefined) await tx`SELECT set_config('switchboard.principal', ${principal}, true)`;
        return (await tx`SELECT * FROM ${tx(table)}`).length;
      })
      .catch((error: { code?: string }) => {
        if (error.code !== notAllowed) throw error;
        return 'refused' as const;
      });
  }
  return counts;
}

describe('S3: rows of one principal are seen by nobody else', () => {
  const own = [
    'artifacts',
    'budgets',
    'deliveries',
    'events',
    'inbound',
    'invocations',
    'model_calls',
    'questions',
    'sessions',
    'thoughts',
    'threads',
    'turns',
  ];

  test('the HTTP side, bound to a principal, sees theirs; and of the tables that are nobody’s nothing', async () => {
    const counts = await seen(api, ann);
    for (const table of tables) expect([table, counts[table]]).toEqual([table, own.includes(table) ? 1 : 'refused']);
  });

  test.each([
    ['unset', undefined],
    ['another', randomUUID()],
    ['empty', ''],
  ])('with the principal %s it sees no row of any table', async (_, principal) => {
    const counts = await seen(api, principal);
    for (const table of tables) expect([table, counts[table]]).toEqual([table, own.includes(table) ? 0 : 'refused']);
  });

  test('the binding ends with its transaction, on the same connection', async () => {
    expect((await seen(api, ann))['turns']).toBe(1);
    expect((await seen(api))['turns']).toBe(0);
  });

  test('row-level security cannot be put off', async () => {
    await expect(api.begin(async (tx) => [await tx`SET LOCAL row_security = off`, await tx`SELECT * FROM turns`]))
      .rejects //
      .toMatchObject({ code: notAllowed });
  });

  const ben = randomUUID();
  test.each([
    ['a session in another’s name', `INSERT INTO sessions (id, principal_id) VALUES ('${randomUUID()}', '${ann}')`],
    [
      'a turn in another’s name',
      `INSERT INTO turns (id, session_id, seq, principal_id, idempotency_key, request_hash, request, address, deadline)
       VALUES ('${randomUUID()}', '${ann}', 9, '${ann}', 'k', 'h', '{}', '{}', now())`,
    ],
    [
      'one’s own turn in another’s session',
      `INSERT INTO turns (id, session_id, seq, principal_id, idempotency_key, request_hash, request, address, deadline)
       VALUES ('${randomUUID()}', '${ann}', 9, '${ben}', 'k', 'h', '{}', '{}', now())`,
    ],
    [
      'an event in another’s session',
      `INSERT INTO events (session_id, seq, type, data) VALUES ('${ann}', 9, 'turn-completed', '{}')`,
    ],
  ])('a forged insert is refused: %s', async (_, statement) => {
    const forged = api.begin(async (tx) => {
      await tx`SELECT set_config('switchboard.principal', ${ben}, true)`;
      return tx.unsafe(statement);
    });
    await expect(forged).rejects.toMatchObject({ code: notAllowed });
  });

  test.each([
    "UPDATE sessions SET ended_at = now() WHERE id = '00000000-0000-4000-8000-00000000000a'",
    "UPDATE turns SET cancel_requested = true, state = 'canceled'",
    'UPDATE questions SET answered_at = now(), answer = \'{"approve": true}\'',
  ])('a change of another’s row touches none: %s', async (statement) => {
    const changed = await api.begin(async (tx) => {
      await tx`SELECT set_config('switchboard.principal', ${ben}, true)`;
      return [await tx.unsafe(statement)];
    });
    expect(changed[0]?.count).toBe(0);
  });
});

describe('S4: what the roles may do, as the catalogue has it', () => {
  test('every table belongs to the owner, and is behind row-level security that holds the owner too', async () => {
    const rows = await on.admin`
      SELECT relname AS name, relrowsecurity AND relforcerowsecurity AND relkind = 'r' AS walled,
        relowner::regrole::text AS owner
      FROM pg_class WHERE relname = ANY(${tables}) AND relnamespace = 'public'::regnamespace ORDER BY relname`;
    expect(rows.map((row) => ({ ...row }))) //
      .toEqual(tables.map((name) => ({ name, walled: true, owner: 'switchboard_owner' })));
  });

  test('each policy of the HTTP side leads to its principal, and no policy is for everybody', async () => {
    const rows = await on.admin<{ where: string; roles: string; condition: string; narrows: boolean }[]>`
      SELECT tablename || '.' || policyname AS where, roles::text, concat(qual, with_check) AS condition,
        permissive = 'RESTRICTIVE' AS narrows
      FROM pg_policies WHERE schemaname = 'public'`;
    const lookups = await on.admin<{ body: string }[]>`
      SELECT prosrc AS body FROM pg_proc WHERE proname LIKE 'is_own_%'`;
    expect(lookups.filter(({ body }) => body.includes('current_principal()'))).toHaveLength(2);
    for (const { where, roles, condition, narrows } of rows) {
      expect([where, roles]).toEqual([where, expect.stringMatching(/^\{switchboard_(api|owner,switchboard_work)\}$/)]);
      if (roles.includes('api') && !narrows)
        expect([where, condition]).toEqual([
          where,
          expect.stringMatching(/current_principal\(\)|is_own_(turn|session)\(/),
        ]);
    }
    const walled = rows.flatMap(({ where, roles }) => (roles.includes('work') ? [where] : []));
    expect(walled.sort()).toEqual(tables.map((table) => `${table}.program`).sort());
  });

  test('neither role may delete, truncate or reach another’s rows by a key or a trigger', async () => {
    const rows = await on.admin`
      SELECT DISTINCT p.grantee::regrole::text AS role, c.relname AS table, p.privilege_type AS privilege
      FROM pg_class c, aclexplode(c.relacl) p
      WHERE c.relnamespace = 'public'::regnamespace AND p.grantee <> c.relowner
        AND p.privilege_type NOT IN ('SELECT', 'INSERT', 'UPDATE')`;
    expect(rows.map((row) => ({ ...row }))).toEqual([]);
  });

  test('what has happened, and whose it is, can be updated by neither', async () => {
    const rows = await on.admin<{ table: string; columns: string }[]>`
      SELECT c.relname AS table, string_agg(a.attname, ' ' ORDER BY a.attname) AS columns
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
      WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND (
        has_column_privilege('switchboard_api', c.oid, a.attnum, 'UPDATE') OR
        has_column_privilege('switchboard_work', c.oid, a.attnum, 'UPDATE'))
      GROUP BY c.relname`;
    const updatable = Object.fromEntries(rows.map(({ table, columns }) => [table, columns.split(' ')]));
    expect(updatable['events']).toEqual(['published']);
    for (const table of ['acts', 'artifacts', 'audit', 'schema_migrations']) {
      expect([table, updatable[table]]).toEqual([table, undefined]);
    }
    expect(updatable['principals']).toEqual(['disabled_at']);
    for (const [table, columns] of Object.entries(updatable)) {
      const fixed = [
        'id',
        'principal_id',
        'session_id',
        'turn_id',
        'key_id',
        'allowed_skills',
        'code_hash',
        'created_at',
      ];
      expect([table, columns.filter((column) => fixed.includes(column))]).toEqual([table, []]);
    }
  });
});

const refusedToBoth = [
  'CREATE TABLE mine (a int)',
  'CREATE TEMPORARY TABLE mine (a int)',
  'CREATE SCHEMA mine',
  "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
  'CREATE EXTENSION dblink',
  'CREATE DATABASE mine',
  'CREATE ROLE mine',
  'ALTER TABLE turns ADD COLUMN mine int',
  'ALTER TABLE turns DISABLE ROW LEVEL SECURITY',
  'ALTER TABLE events DISABLE TRIGGER ALL',
  'CREATE POLICY mine ON turns USING (true)',
  'DROP POLICY own ON turns',
  'DROP TABLE agents',
  'TRUNCATE turns CASCADE',
  'DELETE FROM events',
  'DELETE FROM turns',
  'DELETE FROM facts',
  "UPDATE facts SET provenance = 'person'",
  "SELECT forget_in_turn('00000000-0000-4000-8000-00000000000a', '{x}')",
  "UPDATE events SET data = '{}'",
  'UPDATE events SET session_id = turn_id',
  'UPDATE turns SET principal_id = session_id',
  'UPDATE sessions SET principal_id = id',
  "INSERT INTO audit (seq, source, record_id, digest, hash) VALUES (9, 'act', 1, '', '')",
  "COPY turns TO PROGRAM 'id'",
  "COPY turns FROM PROGRAM 'id'",
  "COPY turns TO '/tmp/turns'",
  "COPY turns FROM '/etc/passwd'",
  "SELECT pg_read_file('/etc/passwd')",
  "SELECT pg_ls_dir('/')",
  "SELECT lo_import('/etc/passwd')",
  'SELECT rolpassword FROM pg_authid',
  "ALTER SYSTEM SET log_statement = 'all'",
  'SET session_replication_role = replica',
  'SET ROLE switchboard_owner',
  'SET ROLE postgres',
  'SET SESSION AUTHORIZATION postgres',
  'ALTER ROLE CURRENT_USER SUPERUSER',
  'ALTER ROLE CURRENT_USER BYPASSRLS',
  'GRANT switchboard_owner TO CURRENT_USER',
] as const;

test.each(refusedToBoth)('S4: refused to both roles: %s', async (statement) => {
  for (const sql of [api, work]) {
    // Undone in any case: a hole must not make the next one.
    const tried = sql.begin(async (tx) => {
      await tx.unsafe(statement);
      throw new Error('it was done');
    });
    // What cannot run in a transaction is refused for who asks first.
    const code = await tried.catch((error: { code?: string }) => error.code);
    expect(code === '25001' ? await sql.unsafe(statement).catch((error: { code?: string }) => error.code) : code).toBe(
      notAllowed,
    );
  }
});

test.each([
  ['api', 'SELECT hash FROM api_keys'],
  ['api', "INSERT INTO api_keys (id, principal_id, hash, scopes) SELECT 'k', id, 'h', '{}' FROM principals"],
  ['api', 'UPDATE events SET published = 1'],
  ['api', 'UPDATE turns SET epoch = epoch + 1'],
  ['api', 'UPDATE invocations SET output = NULL'],
  ['api', 'SELECT * FROM facts'],
  ['api', "SELECT forget_facts('x', '{}', '{}')"],
  ['work', "SELECT forget_facts('x', '{}', '{}')"],
  ['api', "SELECT audit_seal('act', '{1}', '{00}')"],
  ['api', 'SET ROLE switchboard_work'],
  ['work', 'UPDATE api_keys SET principal_id = principal_id'],
  ['work', 'UPDATE questions SET body = answer'],
  ['work', 'UPDATE budgets SET spent_micros = 0'],
  ['work', 'UPDATE model_calls SET cost_micros = 0'],
  ['work', 'SELECT change_budgets(NULL, NULL, NULL, 0, 0, 0, 0)'],
  ['api', "SELECT settle_model_call('x', 1, 0, 0, 0, 0)"],
  ['work', "SELECT * FROM open_key('x')"],
  ['work', 'SET ROLE switchboard_api'],
] as const)('S4: refused to the role of the %s: %s', async (role, statement) => {
  await expect((role === 'api' ? api : work).unsafe(statement)).rejects.toMatchObject({ code: notAllowed });
});

test('S2: the HTTP side finds a key by all of its id, as long as it lives, and nothing by less', async () => {
  const found = async (id: string) => (await api`SELECT * FROM open_key(${id})`).map((row) => row['principalId']);
  await on.admin`UPDATE principals SET disabled_at = NULL`;
  await on.admin`UPDATE api_keys SET revoked_at = NULL, expires_at = NULL`;
  const [key] = await on.admin<{ id: string }[]>`SELECT id FROM api_keys WHERE principal_id = ${ann}`;
  const id = key?.id ?? '';
  expect(await found(id)).toEqual([ann]);
  for (const less of [id.slice(1), '%', '', `${id} `]) expect([less, await found(less)]).toEqual([less, []]);
  await on.admin`UPDATE principals SET disabled_at = now()`;
  expect(await found(id)).toEqual([]);
  await on.admin`UPDATE principals SET disabled_at = NULL`;
  await on.admin`UPDATE api_keys SET revoked_at = now()`;
  expect(await found(id)).toEqual([]);
});
