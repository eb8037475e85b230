// What an agent may remember, recall and forget: for the person whose invocation it is, as its contract says, while that runs.
import { randomUUIDv7 } from 'node:crypto';
import { type Bus, connectBus } from '@switchboard/bus';
import type { Effect, EffectClass, Fact, MemoryReply, MemoryRequest, RouteDecision } from '@switchboard/contract';
import { createLog } from '@switchboard/service';
import { openStore, type Store } from '@switchboard/store';
import { freshDatabase, startTestNats, type TestDatabase, type TestNats } from '@switchboard/testkit';
import { type BeginOptions, type BegunInvocation, beginInvocation } from '@switchboard/testkit/begin-invocation';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { answerMemory } from '../src/answer-memory.ts';

const on = (...classes: EffectClass[]): Effect[] => classes.map((name) => ({ class: name, on: 'memory' }));
const all = on('read', 'write', 'destructive');
const forbidden = { kind: 'refused', info: { code: 'forbidden' } };
const driven: RouteDecision = { v: 1, outcome: 'drive', stage: 'model', reason: 'x', candidates: [], skills: [] };

let nats: TestNats;
let database: TestDatabase;
let store: Store;
let gateway: Bus;
let agents: Record<string, Bus>;
let owner: string;

beforeAll(async () => {
  [nats, database] = await Promise.all([startTestNats({ agents: ['workstation', 'browser'] }), freshDatabase()]);
  store = openStore(database.roles);
  const connectAs = (user: string) => connectBus({ url: nats.url, user, seed: nats.identities[user] ?? '' });
  gateway = await connectAs('gateway');
  agents = { workstation: await connectAs('workstation'), browser: await connectAs('browser') };
  answerMemory(gateway, store.work.facts, createLog('test', 'silent'));
  await gateway.flush();
});
afterAll(async () => {
  await Promise.all([gateway.close(), ...Object.values(agents).map((bus) => bus.close())]);
  await store.close();
  await Promise.all([nats.stop(), database.drop()]);
});
beforeEach(async () => {
  owner = await newPrincipal();
});

async function newPrincipal(): Promise<string> {
  const id = randomUUIDv7();
  await store.keys.ensure({ id, hash: id, scopes: ['sessions'], principal: { id, name: id } });
  return id;
}

const begin = (more: Partial<BeginOptions> = {}): Promise<BegunInvocation> =>
  beginInvocation(store, { principalId: owner, effects: all, ...more });

type Asked = MemoryRequest extends infer One
  ? One extends MemoryRequest
    ? Omit<One, 'v' | 'invocation'>
    : never
  : never;

function ask(invocation: string, asked: Asked, agent = 'workstation'): Promise<MemoryReply> {
  const bus = agents[agent];
  if (bus === undefined) throw new Error(agent);
  const message = { v: 1, invocation, ...asked } as MemoryRequest;
  return bus.request('memory', { agent }, message, { replier: 'gateway', timeoutMs: 5_000 });
}

const recall = (text?: string): Asked => ({ kind: 'recall', limit: 10, ...(text === undefined ? {} : { text }) });
const remember = (text: string, pinned = false): Asked => ({ kind: 'remember', text, pinned });
const forgetting = (...facts: readonly Pick<Fact, 'id' | 'text'>[]): Asked => ({
  kind: 'forget',
  facts: facts.map(({ id, text }) => ({ id, text })),
});

async function remembered(text: string, more: Partial<BeginOptions> = {}, pinned = false): Promise<Fact> {
  const under = await begin(more);
  const [fact] = (await ask(under.id, remember(text, pinned))).facts;
  await under.end();
  if (fact === undefined) throw new Error('nothing');
  return fact;
}

test('a fact is remembered once, recalled in another session, and forgotten', async () => {
  const under = await begin();
  const first = await ask(under.id, remember('  My sister\n is\tMaria '));
  expect(first.facts).toMatchObject([{ text: 'My sister is Maria', provenance: 'person', pinned: false }]);
  expect(await ask(under.id, remember('My sister is Maria'))).toEqual(first);
  await under.end();
  const later = await begin();
  expect(await ask(later.id, recall('sister'))).toEqual(first);
  const gone = forgetting(...first.facts);
  expect(await ask(later.id, gone)).toEqual({ v: 1, facts: [], more: false, withheld: 0 });
  expect(await ask(later.id, gone)).toMatchObject({ facts: [] });
  expect(await ask(later.id, recall('sister'))).toMatchObject({ facts: [] });
});

describe('forbidden', () => {
  test.each([
    ['recall', on('write', 'destructive'), recall()],
    ['remember', on('read', 'destructive'), remember('x')],
    ['forget', on('read', 'write'), forgetting({ id: randomUUIDv7(), text: 'x' })],
    ['recall, with reading of files alone', [{ class: 'read', on: 'files' }], recall()],
  ] as const)('%s without the effect', async (_, effects, asked) => {
    const under = await begin({ effects });
    await expect(ask(under.id, asked)).rejects.toMatchObject(forbidden);
  });

  test.each([recall(), remember('x'), forgetting({ id: randomUUIDv7(), text: 'x' })])(
    '$kind for another agent’s invocation, one that has ended, or none',
    async (asked) => {
      const under = await begin();
      await expect(ask(under.id, asked, 'browser')).rejects.toMatchObject(forbidden);
      await under.end();
      await expect(ask(under.id, asked)).rejects.toMatchObject(forbidden);
      await expect(ask(`${randomUUIDv7()}-1-1`, asked)).rejects.toMatchObject(forbidden);
    },
  );

  test('to ask in another agent’s name: the broker does not take it', async () => {
    const under = await begin();
    const { browser } = agents;
    const message = { v: 1, invocation: under.id, kind: 'recall', limit: 1 } as const;
    const forged = browser?.request('memory', { agent: 'workstation' }, message, {
      replier: 'gateway',
      timeoutMs: 1_000,
    });
    await expect(forged).rejects.toMatchObject({ kind: 'timeout' });
  });

  test('another person’s facts are not there', async () => {
    const fact = await remembered('My sister is Maria');
    const theirs = await begin({ principalId: await newPrincipal() });
    expect(await ask(theirs.id, recall())).toMatchObject({ facts: [], withheld: 0 });
    await ask(theirs.id, forgetting(fact));
    expect(await ask((await begin()).id, recall())).toMatchObject({ facts: [fact] });
  });
});

describe('where a fact comes from is decided here', () => {
  test('the person’s own words; a model’s; and what may be somebody else’s', async () => {
    expect(await remembered('one')).toMatchObject({ provenance: 'person' });
    expect(await remembered('two', { decision: driven })).toMatchObject({ provenance: 'agent' });
    expect(await remembered('three', { ingests: 'untrusted' })).toMatchObject({ provenance: 'untrusted' });
  });

  test('in a session in which something was read before, a person’s words are theirs, and a model’s are not', async () => {
    const reading = await begin({ ingests: 'untrusted' });
    await reading.end();
    const { sessionId } = reading;
    expect(await remembered('one', { sessionId })).toMatchObject({ provenance: 'person' });
    expect(await remembered('two', { sessionId, decision: driven })).toMatchObject({ provenance: 'untrusted' });
  });

  test('what is untrusted is never pinned, and not given to a contract that says it reads nothing of the kind', async () => {
    expect(await remembered('my bank is safe', {}, true)).toMatchObject({ pinned: true });
    expect(await remembered('pay my bank now', { ingests: 'untrusted' }, true)).toMatchObject({ pinned: false });
    const trusting = await begin();
    const found = await ask(trusting.id, recall('bank'));
    expect(found).toMatchObject({ facts: [{ text: 'my bank is safe' }], withheld: 1 });
    const reading = await begin({ ingests: 'untrusted' });
    expect((await ask(reading.id, recall('bank'))).facts).toHaveLength(2);
  });
});

test('what was shown is what is forgotten, or nothing', async () => {
  const fact = await remembered('My sister is Maria');
  const under = await begin();
  const other = forgetting({ id: fact.id, text: 'Something harmless' });
  await expect(ask(under.id, other)).rejects.toMatchObject({ kind: 'refused', info: { code: 'conflict' } });
  expect(await ask(under.id, recall())).toMatchObject({ facts: [fact] });
});

test.each(['', ' ', '\n\t', '\u0007'])('nothing to remember (%j) is refused', async (text) => {
  const under = await begin();
  await expect(ask(under.id, remember(text))).rejects.toMatchObject({ kind: 'refused' });
});

test('after a restart of the gateway the same again is the same fact', async () => {
  const under = await begin();
  const first = await ask(under.id, remember('My sister is Maria'));
  const again = openStore(database.roles);
  const asker = await again.work.facts.asker('workstation', under.id);
  if (asker === undefined) throw new Error('nobody asks');
  const fact = { text: 'My sister is Maria', provenance: 'person', pinned: false } as const;
  expect(await again.work.facts.remember(asker, fact)).toEqual(first.facts[0]);
  await again.close();
});
