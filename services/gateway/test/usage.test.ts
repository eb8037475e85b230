// What models have used, over HTTP: of a turn, by day, session, model and principal; and nothing of anybody else's.
import { type Bus, connectBus } from '@switchboard/bus';
import { type ModelHere, type RouteDecision, type Turn, usageSchema } from '@switchboard/contract';
import { waitUntil } from '@switchboard/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { watchModels } from '../src/models/models-here.ts';
import { callerWith, makeKey, makePrincipal, outcome } from './callers.ts';
import { type Stage, stage } from './fixture.ts';

let on: Stage;
let model: Bus;
let session: string;
let turn: Turn;
const asked = { timeoutMs: 10_000, replier: 'gateway' };
const today = new Date().toISOString().slice(0, 10);
const used = { calls: 1, promptBytes: 1_200, promptTokens: 300, completionTokens: 12, costUsd: 0.0042 };

const refusal: RouteDecision = {
  v: 1,
  outcome: 'refuse',
  stage: 'model',
  reason: 'The test says so.',
  candidates: [],
  text: 'No.',
};

const words = (up: boolean, intervalMs: number, name = 'small'): ModelHere => ({
  v: 1,
  intervalMs,
  models: [{ name, provider: 'scripted', up }],
});

/** As a model service and a router do it: reserved, asked, settled; then it is refused, and the turn is over. */
async function spend(turnId: string): Promise<void> {
  const attempt = { v: 1, call: `${turnId}-0-1`, attempt: 1 } as const;
  const most = { tokensMax: 1_000, costMicrosMax: 10_000, deadline: new Date(Date.now() + 10_000).toISOString() };
  await model.request('reserve', {}, { ...attempt, asker: 'router', purpose: 'route', model: 'small', ...most }, asked);
  const { promptBytes, promptTokens, completionTokens } = used;
  await model.request(
    'settle',
    {},
    { ...attempt, promptBytes, promptTokens, completionTokens, costMicros: 4_200 },
    asked,
  );
}

const readyParts = async (): Promise<Record<string, string>> =>
  z.object({ parts: z.record(z.string(), z.string()) }).parse(await (await on.call('GET', '/readyz')).json()).parts;

beforeAll(async () => {
  on = await stage({ MODEL_TOKENS_SESSION: '5000', MODEL_USD_SESSION: '0.75' });
  model = await connectBus({ url: on.nats.url, user: 'model', seed: on.nats.identities['model'] ?? '' });
  on.router.respond('route', async ({ message }) => {
    const account = message.model?.turn;
    if (account !== undefined) await spend(account);
    return refusal;
  });
  session = await on.session();
  model.publish('modelHere', {}, words(true, 60_000));
  await waitUntil('the model', async () => (await readyParts())['model'] === 'ok');
  turn = await on.say(session, 'something unclear');
});
afterAll(async () => {
  await model?.close();
  await on?.close();
});

async function read(query: string, call = on.call): Promise<z.infer<typeof usageSchema>> {
  const response = await call('GET', `/v1/usage${query}`);
  expect([query, response.status]).toEqual([query, 200]);
  return usageSchema.parse(await response.json());
}

test('a turn says what models have used for it', async () => {
  expect([turn.state, turn.usage]).toEqual(['rejected', { ...used, models: ['small'] }]);
});

test('sums by day, session and model, and what calls of no skill come to', async () => {
  const sums = { ...used, presumed: 0 };
  expect((await read('')).usage).toEqual([{ key: today, ...sums }]);
  expect((await read('?by=session')).usage).toEqual([{ key: session, ...sums }]);
  expect((await read('?by=model')).usage).toEqual([{ key: 'small', ...sums }]);
  expect((await read('?by=skill')).usage).toEqual([sums]);
  expect((await read(`?from=${today}&to=${today}`)).usage).toHaveLength(1);
  expect((await read('?from=2020-01-01&to=2020-12-31')).usage).toEqual([]);
  expect((await read('')).from).toBe(new Date(Date.parse(today) - 29 * 86_400_000).toISOString().slice(0, 10));
});

test('what is left of each budget: of a session when it is named, of everybody’s day for an admin', async () => {
  const day = { limitUsd: 5, spentUsd: 0.0042, reservedUsd: 0, spentTokens: 312, reservedTokens: 0 };
  const resetsAt = new Date(Date.parse(today) + 86_400_000).toISOString();
  const { limitUsd: _, ...spent } = day;
  expect((await read(`?sessionId=${session}`)).budgets).toEqual([
    { scope: 'day', ...day, resetsAt },
    { scope: 'principal', ...day, resetsAt },
    { scope: 'session', limitUsd: 0.75, limitTokens: 5_000, ...spent },
  ]);
  expect((await read('')).budgets.map(({ scope }) => scope)).toEqual(['day', 'principal']);
  const fresh = await on.session();
  expect(await read(`?sessionId=${fresh}`)).toMatchObject({
    usage: [],
    budgets: [{ scope: 'day' }, { scope: 'principal' }, { scope: 'session', spentUsd: 0, spentTokens: 0 }],
  });
});

test('another principal sees nothing of it; an admin sees each principal’s', async () => {
  const principalId = await makePrincipal(on);
  const { key } = await makeKey(on, ['sessions'], { principalId });
  const stranger = callerWith(on, key);
  for (const by of ['day', 'session', 'skill', 'model']) expect((await read(`?by=${by}`, stranger)).usage).toEqual([]);
  expect((await read('', stranger)).budgets).toMatchObject([{ scope: 'principal', spentUsd: 0, spentTokens: 0 }]);
  expect(await outcome(await stranger('GET', `/v1/usage?sessionId=${session}`))).toEqual([404, 'not-found']);
  expect(await outcome(await stranger('GET', '/v1/usage?by=principal'))).toEqual([403, 'forbidden']);
  const { usage } = await read('?by=principal');
  expect(usage).toMatchObject([{ ...used }]);
  const owner = usage[0]?.key ?? '';
  expect(await outcome(await stranger('GET', `/v1/usage?principalId=${owner}`))).toEqual([403, 'forbidden']);
  expect((await read(`?principalId=${principalId}`, stranger)).usage).toEqual([]);
  expect((await read(`?principalId=${principalId}`)).usage).toEqual([]);
  expect((await read(`?principalId=${owner}&by=model`)).usage).toMatchObject([{ key: 'small', calls: 1 }]);
});

test.each([
  ['?by=hour', 400],
  ['?from=yesterday', 400],
  ['?from=2026-02-30', 400],
  ['?from=2026-02-02&to=2026-02-01', 400],
  ['?sessionId=1', 400],
  ['?more=1', 400],
])('%s is %i', async (query, status) => {
  expect((await on.call('GET', `/v1/usage${query}`)).status).toBe(status);
});

test('metrics count tokens and dollars by model and purpose', async () => {
  const text = await (await on.call('GET', '/metrics')).text();
  const labels = '{model="small",purpose="route",service="gateway"}';
  expect(text).toContain(`switchboard_model_tokens_total${labels} 312`);
  expect(text).toContain(`switchboard_model_cost_usd_total${labels} 0.0042`);
});

test('models are here while their service is heard and one of them answers', async () => {
  const bus = await connectBus({ url: on.nats.url, user: 'gateway', seed: on.nats.identities['gateway'] ?? '' });
  let now = 0;
  const models = watchModels(bus, () => now);
  await bus.flush();
  const seen = () => [
    models.here(),
    models.state(),
    models
      .list()
      .map(({ name, up }) => `${name} ${up}`)
      .join(),
  ];
  const say = async (message: ModelHere, expected: string): Promise<void> => {
    model.publish('modelHere', {}, message);
    await waitUntil(expected, () => seen()[2] === expected);
  };
  expect(seen()).toEqual([false, 'none', '']);
  await say(words(true, 1_000), 'small true');
  expect(seen()).toEqual([true, 'ok', 'small true']);
  now = 3_000;
  expect(models.here()).toBe(true);
  now = 3_001;
  expect(seen()).toEqual([false, 'none', '']);
  await say(words(false, 1_000), 'small false');
  expect(seen()).toEqual([false, 'down', 'small false']);
  // Another service with another model: one that answers is enough.
  await say(words(true, 1_000, 'large'), 'large true');
  await say(words(false, 1_000), 'small false');
  expect(seen()).toEqual([true, 'ok', 'small false']);
  await bus.close();
});
