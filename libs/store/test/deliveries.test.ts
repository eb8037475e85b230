// Deliveries in the tables: each thread in order, each delivery one holder at a time, and an end that stays.
import { randomUUID } from 'node:crypto';
import { type Invoke, sha256 } from '@switchboard/contract';
import { freshDatabase, type TestDatabase, waitUntil } from '@switchboard/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ClaimedDelivery, mintKey, openStore, type Store } from '../src/index.ts';
import { openSql, type Pool } from '../src/sql.ts';

let database: TestDatabase;
let store: Store;
let raw: Pool;
const owner = { id: randomUUID(), name: 'owner' };
const key = mintKey('owner');

beforeEach(async () => {
  database = await freshDatabase();
  store = openStore(database.roles);
  raw = openSql({ url: database.url, connectionsMax: 1 });
  await store.keys.ensure({ id: key.id, hash: key.hash, scopes: ['sessions'], principal: owner });
});
afterEach(async () => {
  await Promise.all([store.close(), raw.end()]);
  await database.drop();
});

/** Each link queues one delivery, in a thread of its own unless it is given. */
async function queue(thread: string = randomUUID()): Promise<string> {
  const address = `${randomUUID().slice(0, 8)}@example.org`;
  const code = randomUUID();
  const link = { id: randomUUID(), principalId: owner.id, keyId: key.id, channel: 'mail', address };
  await store.identities.begin({ ...link, codeHash: sha256(code), expiresInMs: 60_000, pendingMax: 100 }, 'owner');
  const place = { agent: 'messenger', channel: 'mail', address, thread };
  await store.identities.prove({ ...place, codeHashes: [sha256(code)], attemptsMax: 5, confirmation: 'Linked.' });
  const [row] = await raw<{ id: string }[]>`SELECT id FROM deliveries WHERE address = ${address}`;
  return row?.id ?? '';
}

/** More of the same thread. */
const copy = (id: string) => raw`
  INSERT INTO deliveries (id, principal_id, thread_key, agent, channel, address, thread, body)
  SELECT new_id(), principal_id, thread_key, agent, channel, address, thread, body FROM deliveries WHERE id = ${id}`;

const claim = (owner: string, limit = 10, leaseMs = 10_000): Promise<ClaimedDelivery[]> =>
  store.work.deliveries.claim(owner, leaseMs, limit);
const event = { type: 'delivery-sent', data: { delivery: 'x' } } as const;
const invoke = { v: 1, id: `${randomUUID()}-1-1` } as Invoke;

test('a thread is sent in order: the next one waits for the end of the one before it', async () => {
  const first = await queue();
  await copy(first);
  await copy(first);
  for (let sent = 0; sent < 3; sent++) {
    const [one, ...others] = await claim('a');
    expect([one?.body, others]).toEqual([{ text: 'Linked.' }, []]);
    expect(await claim('b')).toEqual([]);
    if (one) expect(await store.work.deliveries.end(one, 'sent', undefined, event)).toEqual([]);
  }
  expect(await claim('a')).toEqual([]);
  const acts = await raw`SELECT action FROM acts WHERE action = 'delivery-sent'`;
  expect(acts).toHaveLength(3);
});

test('many claimers share many threads without taking one twice', async () => {
  const ids = [];
  for (let count = 0; count < 12; count++) ids.push(await queue());
  const claimed = await Promise.all(Array.from({ length: 4 }, (_, index) => claim(`c${index}`, 5)));
  const taken = claimed.flat().map(({ id }) => id);
  expect(new Set(taken).size).toBe(taken.length);
  const rest = (await claim('rest', 20)).map(({ id }) => id);
  expect([...taken, ...rest].sort()).toEqual(ids.sort());
});

test('a claim that runs out is taken over with what was being sent, and its old holder writes nothing', async () => {
  await queue();
  const [old] = await claim('slow', 1, 50);
  if (!old) throw new Error('nothing');
  expect(await store.work.deliveries.attempt(old, { invoke, repeat: 'once' })).toBe(true);
  // One attempt at a time: what it came to has to be known first.
  expect(await store.work.deliveries.attempt(old, { invoke, repeat: 'once' })).toBe(false);
  const taken = await waitUntil('the claim to run out', async () => (await claim('quick'))[0]);
  expect(taken).toMatchObject({ id: old.id, epoch: 2, state: 'sending', attempt: 1 });
  expect(taken.invocation).toEqual({ invoke, repeat: 'once' });
  const { deliveries } = store.work;
  expect(await deliveries.end(old, 'sent', undefined, event)).toBeUndefined();
  expect(await deliveries.postpone(old, 'queued', 0)).toBe(false);
  expect(await deliveries.renew('slow', [old], 10_000)).toEqual([]);
  expect(await deliveries.renew('quick', [taken], 10_000)).toEqual([old.id]);
  const error = { code: 'outcome-unknown', message: 'Nobody can tell' } as const;
  expect(await deliveries.end(taken, 'unknown', error, { ...event, type: 'delivery-unknown' })).toEqual([]);
  expect(await deliveries.end(taken, 'sent', undefined, event)).toBeUndefined();
  expect(await deliveries.list(10, { state: 'unknown' })).toMatchObject([{ id: old.id, error, attempt: 1 }]);
  expect(await claim('quick')).toEqual([]);
});

test('what is postponed is claimed later, still before the next of its thread; why is kept', async () => {
  const first = await queue();
  await copy(first);
  const [one] = await claim('a');
  if (!one) throw new Error('nothing');
  const why = { code: 'unavailable', message: 'The server is away' } as const;
  expect(await store.work.deliveries.postpone(one, 'queued', 60_000, why)).toBe(true);
  expect(await claim('a')).toEqual([]);
  await raw`UPDATE deliveries SET not_before = now() WHERE id = ${first}`;
  expect(await claim('a')).toMatchObject([{ id: first, error: why }]);
});

test('what is released is free at once', async () => {
  await queue();
  await claim('a', 10, 60_000);
  expect(await claim('b')).toEqual([]);
  await store.work.deliveries.release('a');
  expect(await claim('b')).toHaveLength(1);
});

test('a claim says whether its address is still linked', async () => {
  await queue();
  const [before] = await claim('a');
  expect(before?.linked).toBe(true);
  await store.work.deliveries.release('a');
  await store.keys.revoke(key.id, 'owner');
  expect((await claim('b'))[0]?.linked).toBe(false);
});

test('a list is of one state, of one principal, and of what is older', async () => {
  const ids = [await queue(), await queue(), await queue()];
  const list = async (filter: Parameters<typeof store.work.deliveries.list>[1]) =>
    (await store.work.deliveries.list(10, filter)).map(({ id }) => id);
  expect(await list({})).toEqual(ids.toReversed());
  expect(await list({ before: ids[2] })).toEqual([ids[1], ids[0]]);
  expect(await list({ state: 'sent' })).toEqual([]);
  expect(await list({ principalId: randomUUID() })).toEqual([]);
  expect(await list({ principalId: owner.id, state: 'queued' })).toHaveLength(3);
});
