// S19: everything that happened is linked into one chain, and what was linked cannot be changed unseen.
import { randomUUID } from 'node:crypto';
import { type AuditEntry, auditDigest, auditGenesis, auditHash } from '@switchboard/contract';
import { freshDatabase, type TestDatabase } from '@switchboard/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Audit, appendAudit, createAudit } from '../src/audit.ts';
import { createGuard, openSql, type Pool } from '../src/sql.ts';

let database: TestDatabase;
let sql: Pool;
/** With no more rights than the gateway has. */
let working: Pool;
let audit: Audit;
const session = randomUUID();

beforeEach(async () => {
  database = await freshDatabase();
  sql = openSql({ url: database.url, connectionsMax: 4 });
  working = openSql({ url: database.roles.workUrl, connectionsMax: 4 });
  audit = createAudit(working, createGuard({ url: database.roles.workUrl }));
  const principal = randomUUID();
  await sql`INSERT INTO principals (id, name) VALUES (${principal}, 'owner')`;
  await sql`INSERT INTO sessions (id, principal_id) VALUES (${session}, ${principal})`;
});
afterEach(async () => {
  await Promise.all([sql.end(), working.end()]);
  await database.drop();
});

async function happen(count: number): Promise<void> {
  await sql`
    INSERT INTO events (session_id, seq, type, data)
    SELECT ${session}, (SELECT count(*) FROM events) + n, 'turn-accepted', jsonb_build_object('input', 'say ' || n, 'ratio', n / 7.0)
    FROM generate_series(1, ${count}) AS n`;
}

/** As any reader can: from nothing but the entries. */
function recompute(entries: readonly AuditEntry[]): string[] {
  let before = auditGenesis;
  return entries.map(({ seq, event, act, hash }) => {
    const record = event ?? act;
    const own = record ? auditHash(before, seq, auditDigest(record)) : 'gone';
    before = hash;
    return own;
  });
}

test('events and acts are one chain, in order and without a gap, that anyone can compute again', async () => {
  await happen(3);
  await audit.append({ actor: 'owner', action: 'key-made', subject: 'k1', data: { scopes: ['sessions'] } });
  expect(await audit.sealPending(100)).toBe(4);
  await happen(2);
  expect(await audit.sealPending(100)).toBe(2);
  expect(await audit.sealPending(100)).toBe(0);
  const entries = await audit.after(0, 100);
  expect(entries.map((entry) => entry.seq)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(entries[0]?.act).toMatchObject({ actor: 'owner', action: 'key-made', subject: 'k1' });
  expect(entries.flatMap((entry) => entry.event?.seq ?? [])).toEqual([1, 2, 3, 4, 5]);
  expect(recompute(entries)).toEqual(entries.map((entry) => entry.hash));
  expect(await audit.head()).toEqual({ seq: 6, hash: entries[5]?.hash });
  expect(await audit.after(4, 1)).toMatchObject([{ seq: 5 }]);
});

test('an act is there with the change that it tells of, or neither is', async () => {
  const change = (fail: boolean) =>
    sql.begin(async (tx) => {
      await tx`INSERT INTO principals (id, name) VALUES (${randomUUID()}, 'cousin')`;
      await appendAudit(tx, { actor: 'owner', action: 'principal-made', subject: 'cousin' });
      if (fail) throw new Error('no');
    });
  await expect(change(true)).rejects.toThrow('no');
  expect(await audit.sealPending(100)).toBe(0);
  await change(false);
  expect(await audit.sealPending(100)).toBe(1);
});

test('many who seal at once make one chain, in which everything is once', async () => {
  await happen(500);
  const other = openSql({ url: database.roles.workUrl, connectionsMax: 4 });
  const second = createAudit(other, createGuard({ url: database.roles.workUrl }));
  const sealers = Array.from({ length: 8 }, (_, n) => (n % 2 ? audit : second));
  while ((await Promise.all(sealers.map((sealer) => sealer.sealPending(60)))).some((sealed) => sealed > 0));
  await other.end();
  const entries = await audit.after(0, 1_000);
  expect(entries.map((entry) => entry.event?.seq)).toEqual(Array.from({ length: 500 }, (_, n) => n + 1));
  expect(recompute(entries)).toEqual(entries.map((entry) => entry.hash));
});

test('what was sealed is not sealed again, and keeps its place', async () => {
  await happen(2);
  const [row] = await sql<{ id: number }[]>`SELECT min(id) AS id FROM events`;
  const [event] = await sql<{ id: number }[]>`SELECT max(id) AS id FROM events`;
  await audit.sealPending(1);
  const record = (await audit.after(0, 1))[0]?.event;
  if (!row || !event || !record) throw new Error('nothing was sealed');
  const sealed = await audit.seal('event', [
    { rowId: row.id, record },
    { rowId: event.id, record },
  ]);
  expect([...sealed.keys()]).toEqual([event.id]);
  expect(sealed.get(event.id)?.seq).toBe(2);
});

test.each([
  'UPDATE audit SET digest = hash WHERE seq = 1',
  'DELETE FROM audit WHERE seq = 1',
  'TRUNCATE audit',
  "UPDATE events SET data = '{}' WHERE seq = 1",
  'UPDATE events SET audit_seq = 7 WHERE seq = 1',
  'DELETE FROM events WHERE seq = 2',
  'TRUNCATE events CASCADE',
  "UPDATE acts SET actor = 'somebody else'",
  'UPDATE acts SET audit_seq = NULL',
  'DELETE FROM acts',
  'TRUNCATE acts',
])('refused, even to the superuser: %s', async (statement) => {
  await happen(2);
  await audit.append({ actor: 'owner', action: 'key-made' });
  await audit.sealPending(10);
  await expect(sql.unsafe(statement)).rejects.toThrow('what happened, stays');
});

const forbidden = [
  `INSERT INTO audit VALUES (9, 'event', 1, sha256(''), sha256(''))`,
  `UPDATE audit SET hash = sha256('')`,
  'DELETE FROM audit',
  'TRUNCATE audit',
  `UPDATE events SET data = '{}'`,
  'UPDATE events SET audit_seq = NULL',
  'DELETE FROM events',
  `UPDATE acts SET actor = 'nobody'`,
  'DELETE FROM acts',
  `INSERT INTO acts (actor, action, data, created_at) VALUES ('owner', 'key-made', '{}', '2020-01-01')`,
  'ALTER TABLE audit DISABLE TRIGGER ALL',
  'DROP TRIGGER stays ON events',
  'SET session_replication_role = replica',
  'SET ROLE switchboard_owner',
  'DROP FUNCTION audit_seal',
];

test.each(forbidden)('refused to the program: %s', async (statement) => {
  await happen(1);
  await audit.append({ actor: 'owner', action: 'key-made' });
  await audit.sealPending(10);
  await expect(working.unsafe(statement)).rejects.toThrow(/permission denied|must be owner/);
});

test.each([
  ...forbidden,
  'SELECT * FROM audit',
  'SELECT * FROM acts',
  `INSERT INTO acts (actor, action, data) VALUES ('owner', 'key-made', '{}')`,
  `SELECT audit_seal('event', '{1}', '{00}')`,
])('refused to the HTTP side: %s', async (statement) => {
  const api = openSql({ url: database.roles.url, connectionsMax: 1 });
  await expect(api.unsafe(statement)).rejects.toThrow(/permission denied|must be owner/);
  await api.end();
});
