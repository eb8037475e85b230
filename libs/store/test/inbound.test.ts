// Messages that come in, in the tables: one message one outcome, one thread one session, whoever brings it how often.
import { randomUUID } from 'node:crypto';
import { hashJson, sha256 } from '@switchboard/contract';
import { freshDatabase, type TestDatabase } from '@switchboard/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { InboundMessage, NewTurn, Own, Sender, ThreadPlace } from '../src/index.ts';
import { mintKey, openStore, type Store } from '../src/index.ts';
import { openSql, type Pool } from '../src/sql.ts';

let database: TestDatabase;
let store: Store;
let raw: Pool;
const owner = { id: randomUUID(), name: 'owner' };
const key = mintKey('owner');
const keyed = { keyId: key.id, allowedSkills: null };
let own: Own;

beforeAll(async () => {
  database = await freshDatabase();
  store = openStore(database.roles);
  raw = openSql({ url: database.url, connectionsMax: 1 });
  await store.keys.ensure({ id: key.id, hash: key.hash, scopes: ['sessions', 'approve'], principal: owner });
  own = store.of(owner.id, keyed);
});
afterAll(async () => {
  await Promise.all([store?.close(), raw?.end()]);
  await database?.drop();
});

const placeOf = (address: string, more: Partial<ThreadPlace> = {}): ThreadPlace => {
  return { agent: 'messenger', channel: 'mail', address, thread: randomUUID(), ...more };
};
const proving = (place: ThreadPlace, ...codes: string[]) => {
  const codeHashes = codes.map((code) => sha256(code));
  return store.identities.prove({ ...place, codeHashes, attemptsMax: 5, confirmation: 'It is linked.' });
};

/** A new address of the owner's, linked over the agent `messenger`. */
async function linked(): Promise<{ place: ThreadPlace; sender: Sender }> {
  const place = placeOf(`${randomUUID().slice(0, 8)}@example.org`);
  const code = randomUUID();
  const link = { id: randomUUID(), principalId: owner.id, keyId: key.id, channel: 'mail', address: place.address };
  await store.identities.begin({ ...link, codeHash: sha256(code), expiresInMs: 60_000, pendingMax: 100 }, 'owner');
  expect(await proving(place, code)).toEqual({ outcome: 'linked' });
  const proof = await proving(place);
  if (proof.outcome !== 'known') throw new Error(proof.outcome);
  return { place, sender: proof.sender };
}

const messageIn = (place: ThreadPlace, { identityId }: Sender, name: string = randomUUID()): InboundMessage => {
  const id = hashJson([place.agent, place.channel, place.address, name]);
  return { id, place, identityId, receivedAt: new Date(Date.now() + 1_000) };
};
const turnOf = ({ id, identityId }: InboundMessage): Omit<NewTurn, 'sessionId'> => ({
  id: randomUUID(),
  idempotencyKey: `inbound:${id}`,
  requestHash: id,
  request: { input: 'hello', dryRun: false },
  address: { text: 'hello' },
  deadlineMs: 60_000,
  queuedMax: 2,
  identityId,
  event: { type: 'turn-accepted', data: {} },
});
const accept = (message: InboundMessage, by: Own = own) =>
  by.inbound.accept(message, turnOf(message), {
    sessionId: randomUUID(),
    event: { type: 'session-created', data: {} },
  });

const deliveriesTo = async (address: string) =>
  (await store.work.deliveries.list(200, {})).filter((row) => row.address === address);

/** Ends the turn that is claimed next. */
async function end(state: 'completed' | 'failed', output = 'done'): Promise<void> {
  const [turn] = await store.work.claims.claim('a', 10_000, 1);
  if (turn === undefined) throw new Error('nothing to claim');
  const fence = { id: turn.id, epoch: turn.epoch };
  await store.work.transit(fence, { state, output: { text: output }, events: [{ type: `turn-${state}`, data: {} }] });
}

test('copies of a message at once: one turn, one session, and the same answer to each', async () => {
  const { place, sender } = await linked();
  const message = messageIn(place, sender);
  const taken = await Promise.all(Array.from({ length: 8 }, () => accept(message)));
  const outcomes = taken.map(({ outcome }) => outcome).sort();
  expect(outcomes).toEqual([...Array(7).fill('known'), 'taken']);
  const [turnId] = taken.flatMap((one) => (one.outcome === 'taken' ? [one.turnId] : []));
  for (const one of taken) if (one.outcome === 'known') expect(one.known).toEqual({ outcome: 'accepted', turnId });
  expect(await raw`SELECT 1 FROM threads WHERE address = ${place.address}`).toHaveLength(1);
  expect(await raw`SELECT 1 FROM turns WHERE identity_id = ${sender.identityId}`).toHaveLength(1);
  expect((await own.inbound.look(message)).known).toEqual({ outcome: 'accepted', turnId });
  await end('completed');
});

test('what does not fit is told, and nothing is remembered of it', async () => {
  const { place, sender } = await linked();
  await accept(messageIn(place, sender));
  await accept(messageIn(place, sender));
  const third = messageIn(place, sender);
  expect(await accept(third)).toEqual({ outcome: 'queue-full' });
  expect((await own.inbound.look(third)).known).toBeUndefined();
  await end('completed');
  expect(await accept(third)).toMatchObject({ outcome: 'taken' });
  await end('completed');
  await end('completed');
});

test('a turn that ends is answered in the commit that ends it, whatever path ends it', async () => {
  const { place, sender } = await linked();
  const taken = await accept(messageIn(place, sender));
  if (taken.outcome !== 'taken') throw new Error(taken.outcome);
  const error = { code: 'canceled', message: 'It was canceled' } as const;
  await own.turns.cancel(taken.turnId, error, { type: 'turn-canceled', data: { error } });
  await accept(messageIn(place, sender));
  await end('completed', 'a text with \u0000 and \ud800');
  const rows = await raw<{ id: string; body: unknown; turnId: string }[]>`
    SELECT id, body, turn_id FROM deliveries WHERE address = ${place.address} ORDER BY n`;
  expect(rows.map(({ body }) => body)).toEqual([
    { text: 'It is linked.' },
    { state: 'canceled', error },
    { state: 'completed', text: 'a text with \ufffd and \ufffd' },
  ]);
  // Sortable, and made now: the agents' ledgers tell by it how old it is.
  for (const { id } of rows)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  const madeAt = Number.parseInt((rows[0]?.id ?? '').replaceAll('-', '').slice(0, 12), 16);
  expect(Math.abs(madeAt - Date.now())).toBeLessThan(60_000);
});

test('what is said over HTTP in the same session is not answered in the thread', async () => {
  const { place, sender } = await linked();
  const taken = await accept(messageIn(place, sender));
  if (taken.outcome !== 'taken') throw new Error(taken.outcome);
  await end('completed');
  const { identityId: _, ...turn } = turnOf(messageIn(place, sender));
  await own.accept({ ...turn, sessionId: taken.sessionId });
  await end('completed');
  expect(await deliveriesTo(place.address)).toHaveLength(2);
});

test('what waits when its address is unlinked may do nothing any more', async () => {
  const { place, sender } = await linked();
  await accept(messageIn(place, sender));
  await store.identities.unlink(sender.identityId, 'owner');
  const [turn] = await store.work.claims.claim('a', 10_000, 1);
  expect(turn?.allowedSkills).toEqual([]);
  const error = { code: 'policy-denied', message: 'no' } as const;
  const fence = { id: turn?.id ?? '', epoch: turn?.epoch ?? 0 };
  await store.work.transit(fence, { state: 'rejected', error, events: [{ type: 'turn-rejected', data: {} }] });
  expect(await proving(place)).toEqual({ outcome: 'unknown' });
});

test('an address is known over the agent that proved it, and over no other', async () => {
  const { place } = await linked();
  expect(await proving({ ...place, agent: 'browser' })).toEqual({ outcome: 'unknown' });
  expect(await proving({ ...place, channel: 'chat' })).toEqual({ outcome: 'unknown' });
});

test('nobody else reads or writes in the threads of another', async () => {
  const { place, sender } = await linked();
  const message = messageIn(place, sender);
  const taken = await accept(message);
  if (taken.outcome !== 'taken') throw new Error(taken.outcome);
  const stranger = await store.principals.make({ id: randomUUID(), name: 'stranger', kind: 'person' }, 'owner');
  const theirs = store.of(stranger?.id ?? '', keyed);
  expect((await theirs.inbound.look(message)).known).toBeUndefined();
  // The record of the message is the owner's, so theirs cannot be one.
  expect(await accept(message, theirs)).toEqual({ outcome: 'mismatch' });
  await theirs.inbound.refuse(message, 'refused', 'No.');
  expect(await deliveriesTo(place.address)).toHaveLength(1);
  await end('completed');
  expect((await own.inbound.look(message)).known).toEqual({ outcome: 'accepted', turnId: taken.turnId });
});

test('a question is answered by what comes after it was sent, and once', async () => {
  const { place, sender } = await linked();
  await accept(messageIn(place, sender));
  const [turn] = await store.work.claims.claim('a', 10_000, 1);
  const fence = { id: turn?.id ?? '', epoch: turn?.epoch ?? 0 };
  const question = randomUUID();
  await store.work.transit(fence, {
    state: 'input-required',
    ask: { id: question, kind: 'approval', body: { text: 'Go ahead?' }, expiresInMs: 60_000 },
    events: [{ type: 'question-asked', data: {} }],
  });
  const yes = messageIn(place, sender);
  // Nobody has seen it yet.
  expect((await own.inbound.look(yes)).question).toBeUndefined();
  await raw`UPDATE deliveries SET state = 'sent', attempted_at = now() WHERE question_id = ${question}`;
  expect((await own.inbound.look(yes)).question).toEqual({ id: question, turnId: fence.id });
  const early = { ...messageIn(place, sender), receivedAt: new Date(Date.now() - 10_000) };
  expect((await own.inbound.look(early)).question).toBeUndefined();

  const effect = {
    turnId: fence.id,
    questionId: question,
    by: { principalId: owner.id, keyId: key.id },
    answer: { approve: true },
    turn: { state: 'submitted', deadlineMs: 60_000 },
    events: [{ type: 'question-answered', data: {} }],
  } as const;
  const again = messageIn(place, sender);
  const answers = await Promise.all([yes, yes, again].map((message) => own.inbound.answer(message, effect)));
  const outcomes = answers.map(({ outcome }) => outcome).sort();
  // Which of the two messages was first is not said; the other one answers nothing.
  expect(['known,moved,taken', 'moved,moved,taken']).toContain(outcomes.join());
  await end('completed');
});

test('a refusal is kept, and told once', async () => {
  const { place, sender } = await linked();
  const message = messageIn(place, sender);
  await Promise.all([1, 2, 3].map(() => own.inbound.refuse(message, 'refused', 'No.')));
  expect((await own.inbound.look(message)).known).toEqual({ outcome: 'refused', turnId: null });
  expect(await deliveriesTo(place.address)).toHaveLength(2);
  expect((await own.inbound.look(messageIn(place, sender))).recent).toEqual({ all: 1, limited: 0 });
});
