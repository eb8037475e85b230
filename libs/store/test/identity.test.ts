// Keys and identities as they are kept: what a copy of the tables opens, what ends in time, and what keys were called before.
import { randomUUID } from 'node:crypto';
import { keyIdOf, scopes, sha256 } from '@switchboard/contract';
import { freshDatabase, type TestDatabase } from '@switchboard/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mintKey, openStore, type Store } from '../src/index.ts';
import { openSql, type Pool } from '../src/sql.ts';

let database: TestDatabase;
let store: Store;
let raw: Pool;
const principal = { id: randomUUID(), name: 'owner' };
const owner = mintKey('owner');

beforeAll(async () => {
  database = await freshDatabase();
  store = openStore(database.roles);
  raw = openSql({ url: database.url, connectionsMax: 1 });
  await store.keys.ensure({ id: owner.id, hash: owner.hash, scopes, principal });
});
afterAll(async () => {
  await Promise.all([store?.close(), raw?.end()]);
  await database?.drop();
});

const begin = (address: string, code: string, expiresInMs = 60_000) =>
  store.identities.begin(
    {
      id: randomUUID(),
      principalId: principal.id,
      keyId: owner.id,
      channel: 'mail',
      address,
      codeHash: sha256(code),
      expiresInMs,
      pendingMax: 10,
    },
    'owner',
  );

const prove = async (address: string, ...codes: string[]) => {
  const place = { agent: 'messenger', channel: 'mail', address, thread: 'links' };
  const codeHashes = codes.map((code) => sha256(code));
  return store.identities.prove({ ...place, codeHashes, attemptsMax: 5, confirmation: 'It is linked.' });
};

test('a copy of the tables opens nothing', async () => {
  const { id, key, hash } = mintKey();
  const made = { id, hash, title: 'kitchen', principalId: principal.id, scopes: ['sessions'] } as const;
  await store.keys.make(made, 'owner');
  const second = mintKey(id);
  await store.keys.rotate(id, second.hash, 60_000, 'owner');
  await begin('dump@example.org', 'AAAAA-BBBBB');
  const tables = await Promise.all([
    raw`SELECT * FROM api_keys`,
    raw`SELECT * FROM identities`,
    raw`SELECT * FROM acts`,
  ]);
  const copy = JSON.stringify(tables);
  expect(copy).toContain(hash);
  expect(copy).toContain(second.hash);
  for (const secret of [key, second.key, owner.key, 'AAAAA-BBBBB']) {
    expect(copy).not.toContain(secret.slice(-10));
  }
  // Nor is anything in it a key, on its own or behind the id of one.
  for (const word of copy.match(/[A-Za-z0-9_-]{8,}/g) ?? []) {
    for (const tried of [word, `sb_${id}_${word}`]) {
      const live = await store.keys.find(keyIdOf(tried) ?? '');
      expect(live?.hashes ?? []).not.toContain(sha256(tried));
    }
  }
});

test('the program’s own key is made once, keeps its secret, and is not made again when it has ended', async () => {
  const name = { id: randomUUID(), name: 'keeper' };
  const { id, hash } = mintKey();
  const ensure = (other = hash) => store.keys.ensure({ id, hash: other, scopes, principal: name });
  expect([await ensure(), await ensure(), await ensure(mintKey().hash)]).toEqual([true, true, false]);
  expect((await store.keys.find(id))?.hashes).toEqual([hash]);
  await store.keys.revoke(id, 'owner');
  expect(await ensure()).toBe(false);
  expect(await store.keys.find(id)).toBeUndefined();
});

test('the program’s own key comes to hold what scopes there are', async () => {
  await raw`UPDATE api_keys SET scopes = '{sessions}' WHERE id = ${owner.id}`;
  await store.keys.ensure({ id: owner.id, hash: owner.hash, scopes, principal });
  expect((await store.keys.find(owner.id))?.scopes).toEqual(scopes);
});

test('a code ends with its time', async () => {
  const identity = await begin('late@example.org', 'CCCCC-CCCCC', 0);
  expect(identity?.state).toBe('expired');
  expect(await prove('late@example.org', 'CCCCC-CCCCC')).toEqual({ outcome: 'wrong' });
});

test('the database itself links an address to one principal only', async () => {
  await begin('one@example.org', 'DDDDD-DDDDD');
  expect(await prove('one@example.org', 'DDDDD-DDDDD')).toEqual({ outcome: 'linked' });
  const forged = raw`
    INSERT INTO identities (id, principal_id, channel, address, code_hash, expires_at, linked_at)
    VALUES (${randomUUID()}, ${principal.id}, 'mail', 'one@example.org', 'x', now(), now())`;
  await expect(forged).rejects.toThrow('one_principal_of_address');
});

test('an address of a disabled principal means nobody', async () => {
  const somebody = await store.principals.make({ id: randomUUID(), name: 'somebody', kind: 'person' }, 'owner');
  const principalId = somebody?.id ?? '';
  const { id: keyId, hash } = mintKey();
  await store.keys.make({ id: keyId, hash, title: 'theirs', principalId, scopes: ['sessions'] }, 'owner');
  const link = { id: randomUUID(), principalId, keyId, channel: 'mail', address: 'some@example.org' };
  const codeHash = sha256('EEEEE-EEEEE');
  await store.identities.begin({ ...link, codeHash, expiresInMs: 60_000, pendingMax: 1 }, 'somebody');
  expect(await prove('some@example.org', 'EEEEE-EEEEE')).toEqual({ outcome: 'linked' });
  const sender = { identityId: link.id, principalId, principal: 'somebody', keyId, scopes: ['sessions'] };
  expect(await prove('some@example.org')).toEqual({ outcome: 'known', sender });
  await store.principals.setDisabled(principalId, true, 'owner');
  expect(await prove('some@example.org')).toEqual({ outcome: 'unknown' });
});

test('what is changed and what is told of it are there together, or neither is', async () => {
  await raw`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the audit is full'; END $$`;
  await raw`CREATE TRIGGER full_audit BEFORE INSERT ON acts FOR EACH ROW EXECUTE FUNCTION refuse()`;
  try {
    const { id, hash } = mintKey();
    const key = { id, hash, title: 'x', principalId: principal.id, scopes: ['sessions'] } as const;
    await expect(store.keys.make(key, 'owner')).rejects.toThrow('the audit is full');
    await expect(store.keys.revoke(owner.id, 'owner')).rejects.toThrow('the audit is full');
    expect(await store.keys.read(id)).toBeUndefined();
    expect(await store.keys.find(owner.id)).toBeDefined();
  } finally {
    await raw`DROP TRIGGER full_audit ON acts`;
    await raw`DROP FUNCTION refuse`;
  }
});
