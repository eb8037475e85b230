// The book over the bus: who may spend on which turn, what is said when it is spent, and two gateways with one book.
import { randomUUID } from 'node:crypto';
import { type Bus, BusError, connectBus } from '@switchboard/bus';
import type { NextReply, Reserve, RouteDecision } from '@switchboard/contract';
import { createLog, createMetrics, type Metrics } from '@switchboard/service';
import { openStore, type Store } from '@switchboard/store';
import { freshDatabase, startTestNats, type TestDatabase, type TestNats } from '@switchboard/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readGatewayConfig } from '../src/config.ts';
import { createDirectory } from '../src/directory.ts';
import { answerBudget } from '../src/models/answer-budget.ts';
import { hello } from './fixture.ts';

const agents = ['workstation', 'messenger', 'business'];
const log = createLog('gateway', 'silent');

let nats: TestNats;
let database: TestDatabase;
/** Of the test itself. */
let store: Store;
let model: Bus;
let stops: (() => Promise<unknown>)[];

beforeEach(async () => {
  stops = [];
  [nats, database] = await Promise.all([startTestNats({ agents }), freshDatabase()]);
  store = openStore(database.roles);
  for (const name of agents) await store.work.agents.save(hello([], name));
  model = await connectBus({ url: nats.url, user: 'model', seed: nats.identities['model'] ?? '' });
});
afterEach(async () => {
  for (const stop of stops.reverse()) await stop();
  await Promise.all([model.close(), store.close()]);
  await Promise.all([nats.stop(), database.drop()]);
});

async function startBook(env: Record<string, string> = {}): Promise<Metrics> {
  const opened = openStore(database.roles);
  const bus = await connectBus({ url: nats.url, user: 'gateway', seed: nats.identities['gateway'] ?? '' });
  const directory = createDirectory({ store: opened.work, bus, log });
  await directory.start();
  const config = readGatewayConfig({
    DATABASE_URL: database.roles.url,
    WORK_DATABASE_URL: database.roles.workUrl,
    NATS_URL: nats.url,
    BUS_SEED: 'x',
    SIGNING_KEY: 'x',
    ...env,
  });
  const metrics = createMetrics('gateway');
  const book = answerBudget({ bus, calls: opened.work.modelCalls, directory, config, log, metrics });
  await bus.flush();
  stops.push(async () => {
    await Promise.all([book.stop(), bus.close()]);
    await opened.close();
  });
  return metrics;
}

const usage = { calls: 1, promptBytes: 1, promptTokens: 1, completionTokens: 1, costMicros: 1, models: ['small'] };
const common = { v: 1 as const, stage: 'model' as const, reason: 'The test says so.', candidates: [] };
const led = (agent: string): RouteDecision => ({ ...common, outcome: 'drive', agent, skills: [] });
const asks: RouteDecision = {
  ...common,
  outcome: 'ask',
  question: { kind: 'input', text: '?', agent: 'workstation', skill: 'look', field: 'text', arguments: {} },
};

interface Worked {
  readonly id: string;
  readonly epoch: number;
  readonly sessionId: string;
}

/** A turn that is worked on, by nobody but the test. */
async function working(principalId: string = randomUUID(), sessionId?: string): Promise<Worked> {
  const key = randomUUID();
  await store.keys.ensure({
    id: key,
    hash: key,
    scopes: ['sessions'],
    principal: { id: principalId, name: principalId },
  });
  const own = store.of(principalId);
  const session = sessionId ?? randomUUID();
  if (sessionId === undefined) await own.sessions.create({ id: session }, { type: 'session-created', data: {} });
  await own.accept({
    id: randomUUID(),
    sessionId: session,
    idempotencyKey: key,
    requestHash: 'h',
    request: { input: 'think', dryRun: false },
    address: { text: 'think' },
    deadlineMs: 600_000,
    queuedMax: 50,
    event: { type: 'turn-accepted', data: {} },
  });
  const [turn] = await store.work.claims.claim('the test', 600_000, 1);
  if (!turn) throw new Error('no turn was claimed');
  return { id: turn.id, epoch: turn.epoch, sessionId: session };
}

const routedEvent = { type: 'turn-routed', data: {} } as const;

async function ledBy(agent: string): Promise<Worked> {
  const turn = await working();
  await store.work.transit(turn, { decision: led(agent), events: [routedEvent] });
  return turn;
}

function consult(turn: Worked, number: number, asked: string, why: string | null = null): Promise<unknown> {
  const answer: NextReply = {
    v: 1,
    id: `${turn.id}-${number}-1`,
    usage,
    kind: 'consult',
    agent: asked,
    question: 'Well?',
  };
  const row = { number, purpose: 'decide', agent: 'workstation', answer, step: null, why, usage } as const;
  return store.work.transit(turn, { thoughts: [row], events: [{ type: 'turn-thought', data: {} }] });
}

const attempt = (turn: Worked, overrides: Partial<Reserve> = {}): Reserve => ({
  v: 1,
  call: `${turn.id}-1-1`,
  attempt: 1,
  asker: 'workstation',
  purpose: 'decide',
  model: 'small',
  tokensMax: 1_000,
  costMicrosMax: 250_000,
  deadline: new Date(Date.now() + 60_000).toISOString(),
  ...overrides,
});

const asked = { timeoutMs: 10_000, replier: 'gateway' };
/** Empty: it is on the book. */
async function reserve(message: Reserve): Promise<string> {
  try {
    await model.request('reserve', {}, message, asked);
    return '';
  } catch (error) {
    if (!(error instanceof BusError) || error.info === undefined) throw error;
    return `${error.info.code}: ${error.info.message}`;
  }
}
const settle = (message: Reserve, costMicros: number) => {
  const { call, attempt: tried } = message;
  const used = { promptBytes: 900, promptTokens: 200, completionTokens: 50, costMicros };
  return model.request('settle', {}, { v: 1, call, attempt: tried, ...used }, asked);
};

test('only who works on a turn spends on it: its lead, the router before the first thought, who is consulted', async () => {
  await startBook();
  const turn = await ledBy('workstation');
  const routing = { asker: 'router', purpose: 'route', call: `${turn.id}-0-1` } as const;
  expect(await reserve(attempt(turn))).toBe('');
  expect(await reserve(attempt(turn, { purpose: 'summarize', call: `${turn.id}-2-1` }))).toBe('');
  expect(await reserve(attempt(turn, routing))).toBe('');

  const forbidden: [string, Partial<Reserve>][] = [
    ['another agent', { asker: 'messenger' }],
    ['an agent that nobody knows', { asker: 'stranger' }],
    ['a judgement that nobody asked for', { asker: 'messenger', purpose: 'judge' }],
    ['the lead for a judgement of its own', { purpose: 'judge' }],
    ['the router in a thought', { asker: 'router' }],
    ['the router for a decision', { ...routing, purpose: 'decide' }],
    ['an agent as the router', { ...routing, asker: 'workstation' }],
    ['an agent before the first thought', { call: `${turn.id}-0-2` }],
    ['a turn that is not there', { call: `${randomUUID()}-1-1` }],
    ['what is no id of a turn', { call: `${'-'.repeat(36)}-1-1` }],
  ];
  for (const [what, overrides] of forbidden) {
    expect([what, await reserve(attempt(turn, { attempt: 7, ...overrides }))]) //
      .toEqual([what, expect.stringMatching(/^forbidden: /)]);
  }

  await consult(turn, 1, 'messenger');
  const judging = { asker: 'messenger', purpose: 'judge', call: `${turn.id}-2-2` } as const;
  expect(await reserve(attempt(turn, judging))).toBe('');
  expect(await reserve(attempt(turn, { ...judging, asker: 'business' }))).toMatch(/^forbidden: business/);
  // That was one judgement: the next thought is not its.
  expect(await reserve(attempt(turn, { ...judging, call: `${turn.id}-3-1` }))).toMatch(/^forbidden: messenger/);
  await consult(turn, 2, 'business', 'There is no such role here');
  expect(await reserve(attempt(turn, { ...judging, asker: 'business', call: `${turn.id}-3-1` }))).toMatch(/^forbidden/);
});

test('a turn that follows a plan, or has ended, costs nothing more', async () => {
  await startBook();
  const planned = await working();
  const skill = { agent: 'workstation', skill: 'look', contractHash: 'h'.repeat(64), input: {} };
  await store.work.transit(planned, {
    decision: { ...common, outcome: 'route', steps: [skill] },
    plan: [skill],
    events: [routedEvent],
  });
  expect(await reserve(attempt(planned))).toMatch(/^forbidden: workstation does not work on this turn$/);

  const over = await ledBy('workstation');
  expect(await reserve(attempt(over))).toBe('');
  await store.work.transit(over, {
    state: 'completed',
    output: { text: 'ok' },
    events: [{ type: 'turn-completed', data: {} }],
  });
  expect(await reserve(attempt(over, { attempt: 2 }))).toBe('forbidden: No turn of this id is being worked on');
  // What it had begun is settled all the same, and what never began is not.
  await settle(attempt(over), 1);
  await expect(settle(attempt(over, { attempt: 2 }), 1)).rejects.toMatchObject({ info: { code: 'not-found' } });
});

test('until its decision is on disk, a turn may be thought about by an agent that was told of it', async () => {
  await startBook();
  const turn = await working();
  expect(await reserve(attempt(turn))).toBe('');
  await store.work.transit(turn, { decision: asks, events: [routedEvent] });
  expect(await reserve(attempt(turn, { attempt: 2 }))).toBe('');
  expect(await reserve(attempt(turn, { asker: 'stranger' }))).toMatch(/^forbidden/);
});

test.each([
  [
    'MODEL_USD_DAY',
    '0.50',
    /: .*the budget of this Switchboard for today, 0\.50 USD \(MODEL_USD_DAY\); it resets at 20\d\d-\d\d-\d\d 00:00 UTC$/,
  ],
  [
    'MODEL_USD_PRINCIPAL_DAY',
    '0.5',
    /: .*the budget of its person for today, 0\.50 USD \(MODEL_USD_PRINCIPAL_DAY\), of which 0\.00 USD are left; it resets at 20\d\d-\d\d-\d\d 00:00 UTC$/,
  ],
  [
    'MODEL_USD_SESSION',
    '0.600001',
    /: .*the budget of this session, 0\.600001 USD \(MODEL_USD_SESSION\), of which 0\.100001 USD are left; it does not reset: begin another session$/,
  ],
  ['MODEL_TOKENS_DAY', '2999', /: .*this Switchboard for today, 2999 tokens \(MODEL_TOKENS_DAY\); it resets/],
  [
    'MODEL_TOKENS_SESSION',
    '2000',
    /: .*this session, 2000 tokens \(MODEL_TOKENS_SESSION\), of which 0 tokens are left; it does not reset/,
  ],
])(
  '%s=%s: what does not fit is refused before it is spent, and says which budget it is',
  async (name, value, words) => {
    await startBook({ [name]: value });
    const turn = await ledBy('workstation');
    expect(await reserve(attempt(turn))).toBe('');
    expect(await reserve(attempt(turn, { attempt: 2 }))).toBe('');
    const refused = await reserve(attempt(turn, { attempt: 3 }));
    expect(refused).toMatch(/^budget-exceeded: The model was not asked/);
    expect(refused).toMatch(words);
    // The same again is the same; and what is given back can be spent.
    expect(await reserve(attempt(turn, { attempt: 2 }))).toBe('');
    const settled = attempt(turn);
    const free = { promptBytes: 0, promptTokens: 0, completionTokens: 0, costMicros: 0 };
    await model.request('settle', {}, { v: 1, call: settled.call, attempt: 1, ...free }, asked);
    expect(await reserve(attempt(turn, { attempt: 3 }))).toBe('');
  },
);

test('two gateways share one book: of a hundred at once as many fit as fit', async () => {
  const metrics = [await startBook({ MODEL_USD_DAY: '2.60' }), await startBook({ MODEL_USD_DAY: '2.60' })];
  const turns = [await ledBy('workstation'), await ledBy('workstation')] as const;
  const calls = Array.from({ length: 100 }, (_, n) => {
    const turn = turns[n % 2 === 0 ? 0 : 1];
    return attempt(turn, { call: `${turn.id}-1-${n + 1}` });
  });
  const answers = await Promise.all(calls.map(reserve));
  expect(answers.filter((answer) => answer === '')).toHaveLength(10);
  expect(answers.filter((answer) => answer.startsWith('budget-exceeded'))).toHaveLength(90);

  const taken = calls.filter((_, n) => answers[n] === '');
  await Promise.all([...taken, ...taken].map((call) => settle(call, 100_000)));
  expect(await store.work.usage.today()).toMatchObject({
    spentMicros: 1_000_000,
    reservedMicros: 0,
    spentTokens: 2_500,
  });
  const counted = async (name: string) => {
    const texts = await Promise.all(metrics.map((one) => one.text()));
    const values = texts.map(
      (text) => new RegExp(`^${name}{model="small",purpose="decide",service="gateway"} (.*)$`, 'm').exec(text)?.[1],
    );
    return values.reduce((sum, value) => sum + Number(value ?? 0), 0);
  };
  expect(await counted('switchboard_model_tokens_total')).toBe(2_500);
  expect(await counted('switchboard_model_cost_usd_total')).toBeCloseTo(1, 6);
});

test('while the database is away nothing is on the book, and the model service is told so', async () => {
  await startBook();
  const turn = await ledBy('workstation');
  await store.close();
  await database.drop();
  expect(await reserve(attempt(turn))).toBe('unavailable: The book of model spending cannot be written now');
});
