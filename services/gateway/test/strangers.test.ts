// S3: to a caller, what belongs to another principal is not there: 404 on every route that takes an id, and in no list.
import { randomUUID } from 'node:crypto';
import {
  hashJson,
  httpRoutes,
  type Invoke,
  type InvokeReply,
  invocationId,
  type RouteFact,
  scopes,
  sha256,
} from '@switchboard/contract';
import { mintKey, openStore, type Work } from '@switchboard/store';
import { waitUntil } from '@switchboard/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { agentName, type Stage, skillDocument, stage } from './fixture.ts';

const mark = skillDocument('mark', 'once', [{ class: 'write', on: 'files' }]);
const content = Buffer.from('what was found');

/** What there is of the owner's, by where an id of it stands in a path. */
interface Owned {
  readonly sessions: string;
  readonly turns: string;
  readonly approvals: string;
  readonly artifacts: string;
  readonly 'dead-letters': string;
  readonly keys: string;
  readonly identities: string;
}

let on: Stage;
const over = Promise.withResolvers<void>();
let owned: Owned;
const stranger = mintKey('stranger');
const asStranger = { authorization: `Bearer ${stranger.key}` };
/** Who has this one may look at everybody's: it is not about whose something is. */
const strangerScopes = scopes.filter((scope) => scope !== 'admin');

/** The gateway is kept busy with another turn, so that the next one is the test's to work on. */
async function claimed(work: Work, session: string, input: string): Promise<{ id: string; epoch: number }> {
  const { id } = await on.say(session, input, { wait: 0 });
  const turn = await waitUntil('a claim', async () => (await work.claims.claim('the test', 60_000, 1))[0]);
  expect(turn.id).toBe(id);
  return { id, epoch: turn.epoch };
}

/** A turn that has made an artifact and now asks, in a session of its own; and one that was set aside in another. */
async function make(work: Work): Promise<Owned> {
  const sessions = await on.session();
  const fence = await claimed(work, sessions, 'a secret');
  const [approvals, artifacts] = [randomUUID(), randomUUID()];
  const input = { text: 'a secret' };
  const { name: skill, contractHash, effects, repeat } = mark;
  const step = { agent: agentName, skill, contractHash, input };
  const inputHash = hashJson(step);
  const id = invocationId(fence.id, 1, 1);
  const decided = { rule: 'of-the-test', trust: 'trusted', effects } as const;
  const deadline = new Date(Date.now() + 60_000);
  const start = { id, step: 1, attempt: 1, ...step, inputHash, effects, repeat, approvalId: null, deadline };
  await work.transit(fence, {
    plan: [step],
    start: { ...start, ingests: 'trusted', policy: { ...decided, decision: 'allow' } },
    events: [{ type: 'step-started', data: { invocation: id } }],
  });
  const about = { id: artifacts, name: 'found.txt', mediaType: 'text/plain', bytes: content.length };
  await work.artifacts.save(fence.id, id, { ...about, sha256: sha256(content) }, content);
  await work.transit(fence, {
    state: 'input-required',
    end: { id, state: 'succeeded', output: input },
    ask: {
      id: approvals,
      kind: 'approval',
      body: { text: 'Go on?', step, ...decided },
      inputHash,
      expiresInMs: 60_000,
    },
    events: [{ type: 'question-asked', data: {} }],
  });
  const set = await claimed(work, await on.session(), 'a dead secret');
  const error = { code: 'poison', message: 'It was tried too often' } as const;
  await work.transit(set, { state: 'failed', deadLetter: true, error, events: [{ type: 'turn-failed', data: {} }] });
  const linking = await on.call('POST', '/v1/identities', { channel: 'mail', address: 'owner@example.org' });
  const identities = z.object({ id: z.string() }).parse(await linking.json()).id;
  return { sessions, turns: fence.id, approvals, artifacts, 'dead-letters': set.id, keys: 'test', identities };
}

beforeAll(async () => {
  on = await stage({ TURNS_IN_FLIGHT_MAX: '1' });
  on.router.respond('route', async ({ message }) => on.planFor(mark)(message.text));
  const busy = Promise.withResolvers<void>();
  const { bus, verifier } = on.agent;
  const parameters = { agent: agentName };
  const work = async ({ message: { id, input } }: { message: Invoke }): Promise<InvokeReply> => {
    busy.resolve();
    await over.promise;
    return { v: 1, id, state: 'done', output: input, text: 'done', artifacts: [] };
  };
  bus.respond('invoke', work, { parameters, verifier });
  bus.respond('status', () => new Promise(() => {}), { parameters });
  await Promise.all([bus.flush(), on.router.flush()]);
  on.agent.arrive([mark]);
  await on.say(await on.session(), 'keep busy', { wait: 0 });
  await busy.promise;

  const store = openStore({ ...on.database.roles, connectionsMax: 2 });
  const principal = { id: randomUUID(), name: 'stranger' };
  await store.keys.ensure({ id: stranger.id, hash: stranger.hash, scopes: strangerScopes, principal });
  owned = await make(store.work);
  await store.close();
});
afterAll(() => {
  over.resolve();
  return on?.close();
});

const open = (fact: RouteFact): boolean => fact.scopes === 'open' || fact.scopes.some((kind) => kind !== 'admin');
const routes = Object.entries<RouteFact>(httpRoutes).filter(([, fact]) => fact.path.includes('/:id') && open(fact));
const lists = ['/v1/sessions', '/v1/approvals', '/v1/dead-letters', '/v1/keys', '/v1/identities'];
const bodies: Readonly<Record<string, unknown>> = {
  createTurn: { input: 'let me in' },
  answerTurn: { approve: true },
  answerApproval: { approve: true },
};

function pathTo(path: string): string {
  const kind = path.split('/')[2] ?? '';
  const id = Object.entries(owned).find(([name]) => name === kind)?.[1];
  if (id === undefined) throw new Error(`${path}: what of the owner's has such an id?`);
  return path.replace(':id', id);
}

const headers = (path: string): Record<string, string> => ({
  'idempotency-key': randomUUID(),
  ...(path.endsWith('/events') && { accept: 'text/event-stream' }),
});

/** All that the owner can read of what they have. */
async function ownersView(): Promise<unknown[]> {
  const paths = routes.filter(([, { method, path }]) => method === 'GET' && !path.endsWith('/events'));
  const read = [...paths.map(([, { path }]) => pathTo(path)), ...lists].map(async (path) => {
    const response = await on.call('GET', path);
    expect([path, response.status]).toEqual([path, 200]);
    return response.text();
  });
  return Promise.all(read);
}

test('every route that takes an id answers a stranger with 404, and changes nothing', async () => {
  const before = await ownersView();
  for (const [name, { method, path }] of routes) {
    const response = await on.call(method, pathTo(path), bodies[name], { ...headers(path), ...asStranger });
    expect([name, response.status]).toEqual([name, 404]);
    expect(await response.json()).toMatchObject({ code: 'not-found' });
  }
  const elsewhere = { input: { text: 'let me in' }, sessionId: owned.sessions };
  const invoked = await on.call('POST', '/v1/skills/mark/invoke', elsewhere, { ...headers(''), ...asStranger });
  expect(invoked.status).toBe(404);
  expect(await ownersView()).toEqual(before);
});

test('what is another’s is told from what never was by nothing in the answer', async () => {
  const answer = async (id: string): Promise<unknown> => {
    const response = await on.call('GET', `/v1/turns/${id}`, undefined, asStranger);
    return JSON.parse((await response.text()).replaceAll(id, '…'));
  };
  expect(await answer(owned.turns)).toEqual(await answer(randomUUID()));
});

test('no list of a stranger’s has anything of the owner’s', async () => {
  for (const path of lists) {
    const [theirs, own] = await Promise.all(
      [asStranger, {}].map(async (headersOf) => (await on.call('GET', path, undefined, headersOf)).text()),
    );
    expect([path, ...Object.values(owned).filter((id) => theirs?.includes(id))]).toEqual([path]);
    expect([path, Object.values(owned).some((id) => own?.includes(id))]).toEqual([path, true]);
  }
});
