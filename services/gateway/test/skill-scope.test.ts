// A key for single skills: no words, no plan and no session lead around it, and it sees only what was begun with it.
import { randomUUID } from 'node:crypto';
import { type Invoke, invokeReplySchema, type RouteDecision, type Turn, turnSchema } from '@switchboard/contract';
import { waitUntil } from '@switchboard/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { callerWith, makeKey, outcome } from './callers.ts';
import { agentName, type Stage, skillDocument, stage } from './fixture.ts';

const look = skillDocument('look', 'safe');
const shout = skillDocument('shout', 'safe');
/** What the agent was asked to run, in order. */
const ran: string[] = [];
/** The agent answers when this is resolved. */
let held = Promise.withResolvers<void>();
held.resolve();

let on: Stage;
let own: Stage['call'];
let session: string;

/** `look shout look` is planned as those three steps. */
function planOf(text: string): RouteDecision {
  const steps = text.split(' ').map((name) => {
    const { contractHash } = name === 'shout' ? shout : look;
    return { agent: agentName, skill: name, contractHash, input: { text } };
  });
  return { v: 1, outcome: 'route', stage: 'explicit', reason: 'The test says so.', candidates: [], steps };
}

function run({ id, skill }: Invoke) {
  ran.push(skill);
  return invokeReplySchema.parse({ v: 1, id, state: 'done', output: { text: 'x' }, text: 'x', artifacts: [] });
}

beforeAll(async () => {
  on = await stage();
  on.router.respond('route', async ({ message }) => planOf(message.text));
  on.agent.bus.respond('invoke', async ({ message }) => held.promise.then(() => run(message)), {
    parameters: { agent: agentName },
  });
  await Promise.all([on.router.flush(), on.agent.bus.flush()]);
  on.agent.arrive([look, shout]);
  await waitUntil('the skills to be known', async () => {
    const response = await on.call('GET', '/v1/skills/shout');
    return response.ok ? true : undefined;
  });
  own = callerWith(on, (await makeKey(on, ['skill:look'])).key);
  session = ((await (await own('POST', '/v1/sessions', {})).json()) as { id: string }).id;
});
afterAll(() => on?.close());

const keyed = () => ({ 'idempotency-key': randomUUID(), prefer: 'wait=10' });

async function say(input: string, call = own, more: object = {}): Promise<Turn> {
  const response = await call('POST', `/v1/sessions/${session}/turns`, { input, ...more }, keyed());
  expect(response.status).toBe(200);
  return turnSchema.parse(await response.json());
}

test('what is planned with its skill alone is done', async () => {
  ran.length = 0;
  expect(await say('look look')).toMatchObject({ state: 'completed' });
  expect(ran).toEqual(['look', 'look']);
});

test.each(['shout', 'look shout', 'shout look', 'look look shout'])(
  'a plan with another skill is not begun, whatever the words: %s',
  async (input) => {
    ran.length = 0;
    const turn = await say(input);
    expect(turn).toMatchObject({ state: 'rejected', error: { code: 'policy-denied' }, steps: [] });
    expect(turn.error?.message).toContain('the key that it was said with is for other skills');
    expect(ran).toEqual([]);
  },
);

test('another skill is refused at once where it is named', async () => {
  const turns = `/v1/sessions/${session}/turns`;
  expect(await outcome(await own('POST', turns, { input: 'look', skill: 'shout' }, keyed()))).toEqual([
    403,
    'forbidden',
  ]);
  expect(await outcome(await own('POST', '/v1/skills/shout/invoke', { input: { text: 'x' } }, keyed()))).toEqual([
    403,
    'forbidden',
  ]);
  expect((await own('POST', '/v1/skills/look/invoke', { input: { text: 'x' } }, keyed())).status).toBe(200);
});

test('several skills may be given, and sessions is all of them', async () => {
  const both = callerWith(on, (await makeKey(on, ['skill:look', 'skill:shout'])).key);
  expect((await both('POST', '/v1/skills/shout/invoke', { input: { text: 'x' } }, keyed())).status).toBe(200);
  const all = callerWith(on, (await makeKey(on, ['skill:look', 'sessions'])).key);
  expect((await all('POST', '/v1/skills/shout/invoke', { input: { text: 'x' } }, keyed())).status).toBe(200);
});

test('what was begun with another key of the same principal is 404, read or written', async () => {
  const theirs = await on.session();
  const { id: turn } = await on.say(theirs, 'look');
  const attempts: [string, string, unknown?][] = [
    ['GET', `/v1/sessions/${theirs}`],
    ['GET', `/v1/sessions/${theirs}/events`],
    ['DELETE', `/v1/sessions/${theirs}`],
    ['POST', `/v1/sessions/${theirs}/turns`, { input: 'look' }],
    ['GET', `/v1/turns/${turn}`],
    ['GET', `/v1/turns/${turn}/events`],
    ['POST', `/v1/turns/${turn}/cancel`],
    ['POST', `/v1/turns/${turn}/answer`, { text: 'x' }],
    ['POST', '/v1/skills/look/invoke', { input: { text: 'x' }, sessionId: theirs }],
  ];
  for (const [method, path, body] of attempts) {
    expect([path, ...(await outcome(await own(method, path, body, keyed())))]).toEqual([path, 404, 'not-found']);
  }
  expect(await outcome(await own('GET', '/v1/sessions'))).toEqual([403, 'forbidden']);
  // And the other way round it is all the principal's.
  expect((await on.call('GET', `/v1/sessions/${session}`)).status).toBe(200);
});

test('an idempotency key that another key has used tells nothing of what it was used for', async () => {
  const headers = keyed();
  await on.call('POST', `/v1/sessions/${await on.session()}/turns`, { input: 'look' }, headers);
  const again = await own('POST', `/v1/sessions/${session}/turns`, { input: 'look' }, headers);
  expect(await outcome(again)).toEqual([422, 'idempotency-mismatch']);
});

test('a turn keeps to the skills of the key it was said with, also when that key has got a new secret', async () => {
  const { id, key } = await makeKey(on, ['skill:look']);
  const mine = ((await (await callerWith(on, key)('POST', '/v1/sessions', {})).json()) as { id: string }).id;
  const rotated = (await (await on.call('POST', `/v1/keys/${id}/rotate`, {})).json()) as { key: string };
  const call = callerWith(on, rotated.key);
  expect((await call('GET', `/v1/sessions/${mine}`)).status).toBe(200);
  // In its session, but said with the owner's key: every skill.
  const said = await on.call('POST', `/v1/sessions/${mine}/turns`, { input: 'shout' }, keyed());
  expect(turnSchema.parse(await said.json()).state).toBe('completed');
});

test('what waits when its key is revoked is not done', async () => {
  ran.length = 0;
  held = Promise.withResolvers();
  const { id, key } = await makeKey(on, ['sessions']);
  const call = callerWith(on, key);
  const mine = ((await (await call('POST', '/v1/sessions', {})).json()) as { id: string }).id;
  const later = async (): Promise<string> => {
    const headers = { 'idempotency-key': randomUUID() };
    const response = await call('POST', `/v1/sessions/${mine}/turns`, { input: 'look' }, headers);
    expect(response.status).toBe(202);
    return turnSchema.parse(await response.json()).id;
  };
  const read = async (turn: string) => turnSchema.parse(await (await on.call('GET', `/v1/turns/${turn}`)).json());
  const [first, second] = [await later(), await later()];
  await waitUntil('the first to run', async () => ((await read(first)).steps.length > 0 ? true : undefined));
  expect((await on.call('DELETE', `/v1/keys/${id}`)).status).toBe(200);
  held.resolve();
  const ended = await waitUntil('the end of the second', async () => {
    const turn = await read(second);
    return turn.finishedAt === undefined ? undefined : turn;
  });
  expect(ended).toMatchObject({ state: 'rejected', error: { code: 'policy-denied' }, steps: [] });
  expect(await read(first)).toMatchObject({ state: 'completed' });
  expect(ran).toEqual(['look']);
});
