// The book of model spending: no limit is passed by one token, whoever asks at the same time; and nothing counts twice.
import { randomUUID } from 'node:crypto';
import type { Reserve, Settle } from '@switchboard/contract';
import { freshDatabase, type TestDatabase } from '@switchboard/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type BudgetLimits, openStore, type Store } from '../src/index.ts';
import { openSql, type Pool } from '../src/sql.ts';

let database: TestDatabase;
let store: Store;
let raw: Pool;
const none = { tokens: null, micros: null };
const unlimited: BudgetLimits = { day: none, principal: none, session: none };
const graceMs = 60_000;

beforeEach(async () => {
  database = await freshDatabase();
  store = openStore(database.roles);
  raw = openSql({ url: database.url, connectionsMax: 1 });
});
afterEach(async () => {
  await Promise.all([store.close(), raw.end()]);
  await database.drop();
});

interface Account {
  readonly principal: string;
  readonly session: string;
  readonly turn: string;
}

async function turnIn(session: string, principal: string): Promise<Account> {
  const turn = randomUUID();
  await store.of(principal).accept({
    id: turn,
    sessionId: session,
    idempotencyKey: turn,
    requestHash: 'h',
    request: { input: 'think', dryRun: false },
    address: { text: 'think' },
    deadlineMs: 60_000,
    queuedMax: 50,
    event: { type: 'turn-accepted', data: {} },
  });
  return { principal, session, turn };
}

async function account(principal: string = randomUUID()): Promise<Account> {
  const id = randomUUID();
  await store.keys.ensure({ id, hash: id, scopes: ['sessions'], principal: { id: principal, name: principal } });
  const session = randomUUID();
  await store.of(principal).sessions.create({ id: session }, { type: 'session-created', data: {} });
  return turnIn(session, principal);
}

const call = ({ turn }: Account, overrides: Partial<Reserve> = {}): Reserve => ({
  v: 1,
  call: `${turn}-1-1`,
  attempt: 1,
  asker: 'workstation',
  purpose: 'decide',
  model: 'small',
  tokensMax: 100,
  costMicrosMax: 1_000,
  deadline: new Date(Date.now() + 60_000).toISOString(),
  ...overrides,
});
const used = ({ call: id, attempt }: Reserve, overrides: Partial<Settle> = {}): Settle => ({
  v: 1,
  call: id,
  attempt,
  promptBytes: 300,
  promptTokens: 70,
  completionTokens: 10,
  costMicros: 800,
  ...overrides,
});
const reserve = (asked: Reserve, limits = unlimited) => store.work.modelCalls.reserve(asked, limits);

/** Of each scope in alphabetical order: spent and reserved tokens, spent and reserved micros. */
async function totals(): Promise<Record<string, number[]>> {
  const rows = await raw<{ scope: string; sums: number[] }[]>`
    SELECT scope, ARRAY[sum(spent_tokens), sum(reserved_tokens), sum(spent_micros), sum(reserved_micros)]::int[] AS sums
    FROM budgets GROUP BY scope`;
  return Object.fromEntries(rows.map(({ scope, sums }) => [scope, sums]));
}
const all = (sums: number[]) => ({ day: sums, principal: sums, session: sums });

test.each([
  ['day', 'tokens', { ...unlimited, day: { tokens: 12_345, micros: null } }],
  ['principal', 'micros', { ...unlimited, principal: { tokens: null, micros: 123_456 } }],
  ['session', 'tokens', { ...unlimited, session: { tokens: 12_345, micros: null } }],
] as const)(
  'two hundred at once stay within the limit of a %s in %s, to the last one that fits',
  async (scope, unit, limits) => {
    const one = await account();
    const others = [one, await turnIn(one.session, one.principal)];
    if (scope !== 'session') others.push(await account(one.principal));
    if (scope === 'day') others.push(await account());
    // As several gateways do.
    const stores = [store, openStore(database.roles), openStore(database.roles)];
    const asked = Array.from({ length: 200 }, (_, n) =>
      call(others[n % others.length] ?? one, { call: `${others[n % others.length]?.turn}-1-${n}` }),
    );
    const answers = await Promise.all(
      asked.map(async (reserved, n) => stores[n % stores.length]?.work.modelCalls.reserve(reserved, limits)),
    );
    await Promise.all(stores.slice(1).map((opened) => opened.close()));
    const refused = answers.filter((answer) => answer !== undefined);
    expect(answers).toHaveLength(200);
    expect(refused).toHaveLength(200 - 123);
    const left = unit === 'tokens' ? 45 : 456;
    expect(refused.every((over) => over.scope === scope && over.unit === unit && over.left === left)).toBe(true);
    expect((await totals())[scope]).toEqual([0, 12_300, 0, 123_000]);
    expect(await raw`SELECT FROM model_calls`).toHaveLength(123);
  },
  60_000,
);

test('exactly what is left fits, one more does not; what was refused is on no budget', async () => {
  const one = await account();
  const limits = { ...unlimited, principal: { tokens: 200, micros: 2_000 } };
  expect(await reserve(call(one), limits)).toBeUndefined();
  expect(await reserve(call(one, { attempt: 2, tokensMax: 101 }), limits)) //
    .toEqual({ scope: 'principal', unit: 'tokens', left: 100 });
  expect(await reserve(call(one, { attempt: 2, costMicrosMax: 1_001 }), limits)) //
    .toEqual({ scope: 'principal', unit: 'micros', left: 1_000 });
  expect(await totals()).toEqual(all([0, 100, 0, 1_000]));
  expect(await reserve(call(one, { attempt: 2 }), limits)).toBeUndefined();
  expect(await totals()).toEqual(all([0, 200, 0, 2_000]));
});

test('a limit of nothing lets through what costs nothing', async () => {
  const limits = { ...unlimited, day: { tokens: null, micros: 0 } };
  const one = await account();
  expect(await reserve(call(one), limits)).toEqual({ scope: 'day', unit: 'micros', left: 0 });
  expect(await reserve(call(one, { costMicrosMax: 0 }), limits)).toBeUndefined();
});

test('settling gives back what was not used, and each counts once however often it is said', async () => {
  const one = await account();
  const asked = call(one);
  const limits = { ...unlimited, session: { tokens: 100, micros: 1_000 } };
  expect(await Promise.all(Array.from({ length: 8 }, () => reserve(asked, limits)))).toEqual(Array(8).fill(undefined));
  expect(await totals()).toEqual(all([0, 100, 0, 1_000]));
  const settled = await Promise.all(Array.from({ length: 8 }, () => store.work.modelCalls.settle(used(asked))));
  expect(settled.filter((settlement) => settlement?.tokens === 80 && settlement.micros === 800)).toHaveLength(1);
  expect(settled.filter((settlement) => settlement?.tokens === 0 && settlement.micros === 0)).toHaveLength(7);
  expect(await totals()).toEqual(all([80, 0, 800, 0]));
  // Asked again after it was settled, it is on the book, and not reserved again.
  expect(await reserve(asked, limits)).toBeUndefined();
  expect(await totals()).toEqual(all([80, 0, 800, 0]));
  expect(await store.work.modelCalls.settle(used(call(one, { attempt: 2 })))).toBeUndefined();
});

test('more than was reserved is spent all the same, and leaves nothing for the next', async () => {
  const one = await account();
  const limits = { ...unlimited, session: { tokens: null, micros: 1_000 } };
  await reserve(call(one), limits);
  await store.work.modelCalls.settle(used(call(one), { costMicros: 1_500 }));
  expect(await reserve(call(one, { attempt: 2, costMicrosMax: 1 }), limits)) //
    .toEqual({ scope: 'session', unit: 'micros', left: 0 });
});

test('what nobody settles counts in full a minute after its deadline; a late word corrects it, once', async () => {
  const one = await account();
  const asked = call(one, { deadline: new Date(Date.now() - graceMs + 5_000).toISOString() });
  const late = call(one, { attempt: 2, deadline: new Date(Date.now() - graceMs - 1).toISOString() });
  await reserve(asked);
  await reserve(late);
  expect(await store.work.modelCalls.settleOverdue(graceMs, 100)) //
    .toEqual([{ model: 'small', purpose: 'decide', tokens: 100, micros: 1_000 }]);
  expect(await totals()).toEqual(all([100, 100, 1_000, 1_000]));
  expect(await store.work.modelCalls.settleOverdue(graceMs, 100)).toEqual([]);
  const range = { from: '2000-01-01', to: '2999-01-01', limit: 10 };
  expect(await store.of(one.principal).usage.by('model', range)).toMatchObject([
    { key: 'small', calls: 1, presumed: 1, promptTokens: 0, completionTokens: 100, costMicros: 1_000 },
  ]);
  expect(await store.work.modelCalls.settle(used(late))).toMatchObject({ tokens: -20, micros: -200 });
  expect(await store.work.modelCalls.settle(used(late, { costMicros: 1 }))).toMatchObject({ tokens: 0, micros: 0 });
  expect(await totals()).toEqual(all([80, 100, 800, 1_000]));
  expect(await store.of(one.principal).usage.by('model', range)).toMatchObject([
    { key: 'small', calls: 1, presumed: 0, promptBytes: 300, promptTokens: 70, completionTokens: 10, costMicros: 800 },
  ]);
});

test('settling and sweeping the same calls at the same time counts each once', async () => {
  const accounts = [await account(), await account()] as const;
  const calls = Array.from({ length: 40 }, (_, n) =>
    call(accounts[n % 2 === 0 ? 0 : 1], {
      call: `${accounts[n % 2 === 0 ? 0 : 1].turn}-2-${n}`,
      deadline: new Date(Date.now() - 2 * graceMs).toISOString(),
    }),
  );
  await Promise.all(calls.map((asked) => reserve(asked)));
  const other = openStore(database.roles);
  await Promise.all([
    store.work.modelCalls.settleOverdue(graceMs, 100),
    other.work.modelCalls.settleOverdue(graceMs, 100),
    ...calls.map((asked) => other.work.modelCalls.settle(used(asked))),
    ...calls.map((asked) => reserve({ ...asked, attempt: 2, deadline: call(accounts[0]).deadline })),
  ]);
  await other.close();
  expect(await totals()).toEqual(all([40 * 80, 40 * 100, 40 * 800, 40 * 1_000]));
}, 30_000);

test('a new day in UTC begins with nothing spent; a session goes on, and yesterday’s calls are settled on yesterday', async () => {
  const one = await account();
  const limits = { ...unlimited, day: { tokens: 100, micros: null }, principal: { tokens: 100, micros: null } };
  await reserve(call(one), limits);
  expect(await reserve(call(one, { attempt: 2 }), limits)).toMatchObject({ scope: 'day' });
  await raw`UPDATE model_calls SET day = day - 1`;
  await raw`UPDATE budgets SET day = day - 1 WHERE isfinite(day)`;
  expect(await reserve(call(one, { attempt: 2 }), limits)).toBeUndefined();
  await store.work.modelCalls.settle(used(call(one)));
  const rows = await raw<{ scope: string; spent: number; reserved: number }[]>`
    SELECT scope, spent_tokens AS spent, reserved_tokens AS reserved FROM budgets ORDER BY day, scope`;
  expect(rows.map((row) => ({ ...row }))).toEqual([
    { scope: 'day', spent: 80, reserved: 0 },
    { scope: 'principal', spent: 80, reserved: 0 },
    { scope: 'day', spent: 0, reserved: 100 },
    { scope: 'principal', spent: 0, reserved: 100 },
    { scope: 'session', spent: 80, reserved: 100 },
  ]);
  const [{ day } = { day: '' }] = await raw<{ day: string }[]>`
    SELECT (now() AT TIME ZONE 'UTC')::date::text AS day`;
  expect(await raw`SELECT FROM budgets WHERE scope = 'day' AND day = ${day}`).toHaveLength(1);
  expect(await store.work.usage.today()).toMatchObject({ spentTokens: 0, reservedTokens: 100 });
});

test('sums by day, session, model and skill; what no provider took is no call; of others nothing is seen', async () => {
  const [ann, ben] = [await account(), await account()];
  await raw`INSERT INTO thoughts (turn_id, number, purpose, agent, answer, usage)
    VALUES (${ann.turn}, 1, 'decide', 'workstation', '{"kind": "call", "skill": "read-file"}', '{}'),
      (${ann.turn}, 2, 'decide', 'workstation', '{"kind": "say", "text": "done"}', '{}')`;
  const calls = [
    call(ann),
    call(ann, { call: `${ann.turn}-1-2`, model: 'large' }),
    call(ann, { call: `${ann.turn}-2-1` }),
    call(ben),
  ];
  for (const asked of calls) {
    await reserve(asked);
    await store.work.modelCalls.settle(used(asked, { costMicros: asked.model === 'large' ? 900 : 100 }));
  }
  const untaken = call(ann, { attempt: 2 });
  await reserve(untaken);
  await store.work.modelCalls.settle(
    used(untaken, { promptBytes: 0, promptTokens: 0, completionTokens: 0, costMicros: 0 }),
  );
  await reserve(call(ann, { attempt: 3 }));

  const range = { from: '2000-01-01', to: '2999-01-01', limit: 10 };
  const { usage } = store.of(ann.principal);
  const costs = async (key: 'day' | 'session' | 'skill' | 'model') =>
    (await usage.by(key, range)).map((sum) => [sum.key, sum.calls, sum.costMicros]);
  expect(await costs('skill')).toEqual([
    ['read-file', 2, 1_000],
    [null, 1, 100],
  ]);
  expect(await costs('model')).toEqual([
    ['large', 1, 900],
    ['small', 2, 200],
  ]);
  expect(await costs('session')).toEqual([[ann.session, 3, 1_100]]);
  expect(await costs('day')).toEqual([[new Date().toISOString().slice(0, 10), 3, 1_100]]);
  expect(await usage.by('day', { ...range, to: '2000-01-02' })).toEqual([]);
  expect(await usage.by('day', { ...range, sessionId: ben.session })).toEqual([]);
  expect(await usage.budgets(ann.session)).toMatchObject([
    { scope: 'principal', spentMicros: 1_100, reservedMicros: 1_000 },
    { scope: 'session', spentMicros: 1_100, reservedMicros: 1_000 },
  ]);
  expect((await usage.budgets(ben.session)).map(({ scope }) => scope)).toEqual(['principal']);
  expect((await store.work.usage.byPrincipal(range)).map((sum) => [sum.key, sum.costMicros])).toEqual([
    [ann.principal, 1_100],
    [ben.principal, 100],
  ]);

  expect((await store.of(ann.principal).turns.view(ann.turn))?.usage).toEqual({
    calls: 3,
    promptBytes: 900,
    promptTokens: 210,
    completionTokens: 30,
    costMicros: 1_100,
    models: ['large', 'small'],
  });
  expect((await store.of(ann.principal).turns.view((await turnIn(ann.session, ann.principal)).turn))?.usage).toBe(
    undefined,
  );
  expect(await store.of(ben.principal).turns.view(ann.turn)).toBeUndefined();
});
