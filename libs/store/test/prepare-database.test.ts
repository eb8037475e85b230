// One way to a database that is ready: from nothing, again, side by side on one server, and from an earlier one.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { freshDatabase, type TestDatabase } from '@switchboard/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabase, dropDatabase } from '../src/databases.ts';
import { type DatabaseUrls, NewerSchemaError, newLogins, openStore, prepareDatabase } from '../src/index.ts';
import { openSql } from '../src/sql.ts';
import { urlOf } from './walls-fixture.ts';

let home: TestDatabase;
const made: string[] = [];
beforeAll(async () => {
  home = await freshDatabase();
});
afterAll(async () => {
  for (const name of made) await dropDatabase(home.url, name);
  await home.drop();
});

function newName(): string {
  const name = `prepared_${randomUUID().slice(0, 8)}`;
  made.push(name);
  return name;
}

async function run(url: string, statements: string): Promise<Record<string, unknown>[]> {
  const sql = openSql({ url, connectionsMax: 1 });
  try {
    return await sql.unsafe(statements);
  } finally {
    await sql.end();
  }
}

/** Somebody who administers a server without being its superuser. */
async function newAdmin(name: string, can: string): Promise<string> {
  await run(home.url, `CREATE ROLE ${name} LOGIN PASSWORD 'of-an-admin' ${can}`);
  return Object.assign(new URL(urlOf(home.url, newName())), { username: name, password: 'of-an-admin' }).href;
}

async function isReady(urls: DatabaseUrls): Promise<boolean> {
  const store = openStore({ ...urls, connectionsMax: 1 });
  try {
    await store.ping();
    return (await store.work.claims.countOpen()) === 0 && (await store.of(randomUUID()).sessions.list(1)).length === 0;
  } finally {
    await store.close();
  }
}

test('one that a newer program has worked on is refused, and left as it is', async () => {
  const url = urlOf(home.url, newName());
  const logins = newLogins('newer');
  await prepareDatabase(url, logins);
  await run(url, "INSERT INTO schema_migrations (name) VALUES ('9999-from-the-future.sql')");
  const before = await run(url, 'SELECT * FROM schema_migrations ORDER BY name');
  await expect(prepareDatabase(url, logins)).rejects.toThrow(NewerSchemaError);
  await expect(prepareDatabase(url, logins)).rejects.toThrow(/9999-from-the-future\.sql is unknown here/);
  expect(await run(url, 'SELECT * FROM schema_migrations ORDER BY name')).toEqual(before);
});

test('it is made from nothing, by several at once, and again', async () => {
  const url = urlOf(home.url, newName());
  const logins = newLogins('again');
  await createDatabase(home.url, new URL(url).pathname.slice(1));
  const [urls] = await Promise.all([1, 2, 3].map(() => prepareDatabase(url, logins)));
  expect(await prepareDatabase(url, logins)).toEqual(urls);
  expect(urls && (await isReady(urls))).toBe(true);
});

test('an administrator who is not the superuser is enough', async () => {
  const admin = await newAdmin('prepare_admin', 'CREATEROLE CREATEDB');
  // On a server where another administrator was first, whose the roles are now.
  await run(home.url, 'GRANT switchboard_owner, switchboard_api, switchboard_work TO prepare_admin WITH ADMIN OPTION');
  const urls = await prepareDatabase(admin, newLogins('plain'));
  expect(await isReady(urls)).toBe(true);
  expect(await isReady(await prepareDatabase(admin, newLogins('plain')))).toBe(true);
});

test('who may not create roles is told what to run', async () => {
  const admin = await newAdmin('prepare_nobody', 'CREATEDB');
  await expect(prepareDatabase(admin, newLogins('refused'))).rejects.toThrow(
    /prepare_nobody may not .* As an administrator run: ALTER ROLE "prepare_nobody" CREATEROLE/s,
  );
});

test('two installations on one server do not know each other, and do not fight over passwords', async () => {
  const [one, two] = await Promise.all(
    ['one', 'two'].map((suffix) => prepareDatabase(urlOf(home.url, newName()), newLogins(suffix))),
  );
  if (!one || !two) throw new Error('not prepared');
  expect(await Promise.all([isReady(one), isReady(two)])).toEqual([true, true]);
  const across = Object.assign(new URL(one.url), { pathname: new URL(two.url).pathname }).href;
  await expect(run(across, 'SELECT 1')).rejects.toMatchObject({ code: '42501' });
  const wrong = Object.assign(new URL(one.workUrl), { password: newLogins('x').passwords.work }).href;
  await expect(run(wrong, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
});

test('a role that may do more than was granted is no wall, and refused', async () => {
  const url = urlOf(home.url, newName());
  await prepareDatabase(url, newLogins('mighty'));
  await run(home.url, 'ALTER ROLE switchboard_api_mighty BYPASSRLS');
  await expect(prepareDatabase(url, newLogins('mighty'))).rejects.toThrow('switchboard_api_mighty may do more');
});

test('passwords are in no statement that a server could log', async () => {
  const url = urlOf(home.url, newName());
  const urls = await prepareDatabase(url, newLogins('secret'));
  const stored = await run(home.url, "SELECT rolpassword FROM pg_authid WHERE rolname LIKE 'switchboard____\\_secret'");
  const passwords = [urls.url, urls.workUrl].map((each) => new URL(each).password);
  for (const { rolpassword } of stored) {
    expect(rolpassword).toMatch(/^SCRAM-SHA-256\$4096:/);
    for (const password of passwords) expect(rolpassword).not.toContain(password);
  }
});

test('a database of before there were roles is taken over with what is in it', async () => {
  const name = newName();
  const url = urlOf(home.url, name);
  await createDatabase(home.url, name);
  const first = readFileSync(new URL('../migrations/0001-core.sql', import.meta.url), 'utf8');
  const id = randomUUID();
  await run(
    url,
    `CREATE TABLE schema_migrations (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now());
     ${first}
     INSERT INTO schema_migrations (name) VALUES ('0001-core.sql');
     INSERT INTO principals (id, name) VALUES ('${id}', 'owner');
     INSERT INTO sessions (id, principal_id) VALUES ('${id}', '${id}');`,
  );
  const urls = await prepareDatabase(url, newLogins('taken'));
  const store = openStore({ ...urls, connectionsMax: 1 });
  expect((await store.of(id).sessions.list(10)).map((session) => session.id)).toEqual([id]);
  await store.close();
  expect(await run(url, "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'")).toMatchObject([
    { tableowner: 'switchboard_owner' },
  ]);
});
