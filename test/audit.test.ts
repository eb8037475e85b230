// S19: what a superuser changes, with the triggers off, is found and named.
import { randomUUID } from 'node:crypto';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditEntry, Seal, Stray } from '@switchboard/contract';
import { freshDatabase, type TestDatabase, tempFolder } from '@switchboard/testkit';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { type Audit, createAudit } from '../libs/store/src/audit.ts';
import { createGuard, openSql, type Pool } from '../libs/store/src/sql.ts';
import { readFileEntries } from '../scripts/audit/read-audit.ts';
import { type Report, verify } from '../scripts/audit/verify.ts';

let database: TestDatabase;
let sql: Pool;
let audit: Audit;
const session = randomUUID();

beforeEach(async () => {
  database = await freshDatabase();
  sql = openSql({ url: database.url, connectionsMax: 2 });
  audit = createAudit(sql, createGuard({ url: database.url }));
  const principal = randomUUID();
  await sql`INSERT INTO principals (id, name) VALUES (${principal}, 'owner')`;
  await sql`INSERT INTO sessions (id, principal_id) VALUES (${session}, ${principal})`;
});
afterEach(async () => {
  await sql.end();
  await database.drop();
});

async function happen(count: number): Promise<void> {
  await sql`
    INSERT INTO events (session_id, seq, type, data)
    SELECT ${session}, (SELECT count(*) FROM events) + n, 'turn-accepted', jsonb_build_object('input', 'say ' || n, 'ratio', n / 7.0)
    FROM generate_series(1, ${count}) AS n`;
  while ((await audit.sealPending(1_000)) > 0);
}

async function* entries(): AsyncGenerator<AuditEntry> {
  let page = await audit.after(0, 500);
  while (page.length > 0) {
    yield* page;
    page = await audit.after(page.at(-1)?.seq ?? 0, 500);
  }
}

async function* strays(): AsyncGenerator<Stray> {
  for (const source of ['event', 'act'] as const) yield* (await audit.strays(source, 0, 100_000)).strays;
}

function verified(seen?: Seal): Promise<Report> {
  return verify({ entries: entries(), strays: strays(), sightings: seen ? [{ ...seen, where: 'the tail' }] : [] });
}

/** As somebody who has the whole server. */
function tamper(statements: string): Promise<unknown> {
  return sql.begin(async (tx) => {
    await tx.unsafe(`SET LOCAL session_replication_role = replica; ${statements}`);
  });
}

const rehash = `
  DO $$ DECLARE r record; before bytea := (SELECT hash FROM audit WHERE seq = 10); BEGIN
    FOR r IN SELECT * FROM audit WHERE seq > 10 ORDER BY seq LOOP
      before := sha256(before || int8send(r.seq) || r.digest);
      UPDATE audit SET hash = before WHERE seq = r.seq;
    END LOOP; END $$`;
const shift = 'UPDATE audit SET seq = -seq - 1 WHERE seq >= 10; UPDATE audit SET seq = -seq WHERE seq < 0;';

test.each([
  ['an event is edited', `UPDATE events SET data = '{"input":"nothing"}' WHERE seq = 7`, ['record 7']],
  ['an event gets another type', `UPDATE events SET type = 'turn-never' WHERE seq = 7`, ['record 7']],
  ['an event is dated back', `UPDATE events SET created_at = now() - interval '1 day' WHERE seq = 7`, ['record 7']],
  ['an act is edited', `UPDATE acts SET actor = 'somebody else'`, ['record 31']],
  ['an event is removed', 'DELETE FROM events WHERE seq = 7', ['gone 7']],
  ['an entry is edited', `UPDATE audit SET digest = sha256('x') WHERE seq = 12`, ['link 12', 'record 12']],
  ['a hash is edited', `UPDATE audit SET hash = sha256('x') WHERE seq = 12`, ['link 12', 'link 13']],
  ['an entry is removed', 'DELETE FROM audit WHERE seq = 12', ['missing 12', 'stray 12']],
  [
    'an entry is removed with its event',
    'DELETE FROM audit WHERE seq = 12; DELETE FROM events WHERE seq = 12',
    ['missing 12'],
  ],
  [
    'two entries change places',
    'UPDATE audit SET seq = 0 WHERE seq = 5; UPDATE audit SET seq = 5 WHERE seq = 20; UPDATE audit SET seq = 20 WHERE seq = 0',
    ['link 5', 'link 6', 'link 20', 'link 21', 'stray 5', 'stray 20'],
  ],
  [
    'two events change places',
    'UPDATE events SET seq = 0 WHERE seq = 5; UPDATE events SET seq = 5 WHERE seq = 20; UPDATE events SET seq = 20 WHERE seq = 0',
    ['record 5', 'record 20'],
  ],
  [
    'an entry is put in',
    `${shift} INSERT INTO audit SELECT 10, source, record_id, digest, hash FROM audit WHERE seq = 3`,
    expect.arrayContaining(['link 10', 'link 11']),
  ],
  [
    'an event is put in beside another',
    `INSERT INTO events (session_id, seq, type, data, audit_seq) VALUES ('${session}', 99, 'turn-completed', '{}', 9)`,
    ['stray 9'],
  ],
  [
    'the last entries are removed',
    'DELETE FROM audit WHERE seq > 28; DELETE FROM events WHERE audit_seq > 28',
    ['missing 29', 'stray 31'],
  ],
  [
    'an event is edited, and the chain computed anew',
    `UPDATE audit SET digest = sha256('forged') WHERE seq = 11; ${rehash}`,
    ['record 11', 'witness 31'],
  ],
] as const)('%s', async (_, statements, expected) => {
  await happen(30);
  await audit.append({ actor: 'owner', action: 'key-made', subject: 'k1' });
  await audit.sealPending(10);
  const head = await audit.head();
  expect((await verified(head)).findings).toEqual([]);
  await tamper(statements);
  const { findings } = await verified(head);
  expect(findings.map(({ what, seq }) => `${what} ${seq}`)).toEqual(expected);
});

test('what was removed from the end is found by what was seen outside only', async () => {
  await happen(30);
  const head = await audit.head();
  await tamper('DELETE FROM audit WHERE seq > 28; DELETE FROM events WHERE audit_seq > 28');
  expect((await verified()).findings).toEqual([]);
  expect((await verified(head)).findings).toMatchObject([
    { seq: 29, text: 'entries 29 to 30 are missing: the chain reached entry 30 in the tail' },
  ]);
});

test('one changed event among 10,000 is named', async () => {
  await happen(10_000);
  expect(await verified()).toMatchObject({ entries: 10_000, findings: [], waiting: 0 });
  await tamper(`UPDATE events SET data = data || '{"ratio": 1}' WHERE seq = 6543`);
  const text = `event ${session}-6543 (turn-accepted) of entry 6543 is not what was sealed`;
  expect((await verified()).findings).toEqual([{ seq: 6543, what: 'record', text }]);
});

test('an export can be verified with nothing running, and a changed line is named', async () => {
  await happen(20);
  const folder = await tempFolder();
  onTestFinished(() => folder.remove());
  const file = join(folder.path, 'audit.jsonl');
  for await (const entry of entries()) appendFileSync(file, `${JSON.stringify(entry)}\n`);
  const read = () => verify({ entries: readFileEntries(file), strays: (async function* () {})(), sightings: [] });
  expect(await read()).toMatchObject({ entries: 20, findings: [], head: await audit.head() });
  writeFileSync(file, readFileSync(file, 'utf8').replace('say 13', 'say 31'));
  expect((await read()).findings).toMatchObject([{ seq: 13, what: 'record' }]);
  appendFileSync(file, '{"seq":1}\n');
  await expect(read()).rejects.toThrow('line 21 is no entry of the audit');
});
