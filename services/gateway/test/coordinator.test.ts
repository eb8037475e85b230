// Every window in which an answer can go missing, with the only outcome that is acceptable.
import {
  type Invoke,
  type InvokeReply,
  type ReconcileReply,
  type StatusReply,
  SwitchboardError,
} from '@switchboard/contract';
import { waitUntil } from '@switchboard/testkit';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { agentName, type Stage, skillDocument, stage } from './fixture.ts';

const look = skillDocument('look', 'safe');
const mark = skillDocument('mark', 'once', [{ class: 'write', on: 'files' }]);
const put = skillDocument('put', 'reconcilable', [{ class: 'write', on: 'files' }]);
const burn = skillDocument('burn', 'once', [{ class: 'destructive', on: 'files' }]);
const skills = [look, mark, put, burn];

let on: Stage;
let invoked: Invoke[];
let invoke: (message: Invoke) => Promise<InvokeReply>;
let status: (id: string) => 'not-seen' | 'interrupted' | 'running' | InvokeReply;
let reconcile: () => 'not-done' | 'unknown' | InvokeReply;
let route: (text: string) => ReturnType<ReturnType<Stage['planFor']>>;

const done = ({ id, input }: Invoke): InvokeReply => {
  const text = String(input['text']);
  return { v: 1, id, state: 'done', output: { text }, text, artifacts: [] };
};
const never = new Promise<never>(() => {});

beforeAll(async () => {
  on = await stage({ LEASE_MS: '3000' });
  on.router.respond('route', async ({ message }) => route(message.text));
  const { bus, verifier } = on.agent;
  bus.respond(
    'invoke',
    async ({ message }) => {
      invoked.push(message);
      return invoke(message);
    },
    { parameters: { agent: agentName }, verifier },
  );
  bus.respond(
    'status',
    async ({ message: { id } }): Promise<StatusReply> => {
      const state = status(id);
      return typeof state === 'string' ? { v: 1, id, state } : state;
    },
    { parameters: { agent: agentName } },
  );
  bus.respond(
    'reconcile',
    async ({ message: { id } }): Promise<ReconcileReply> => {
      const state = reconcile();
      return typeof state === 'string' ? { v: 1, id, state } : state;
    },
    { parameters: { agent: agentName }, verifier },
  );
  await Promise.all([bus.flush(), on.router.flush()]);
});
afterAll(() => on?.close());
beforeEach(async () => {
  invoked = [];
  invoke = async (message) => done(message);
  status = () => 'not-seen';
  reconcile = () => 'unknown';
  route = on.planFor(look);
  on.agent.arrive(skills);
  await waitUntil('the agent', async () => {
    const { agents } = (await (await on.call('GET', '/v1/agents')).json()) as { agents: { state: string }[] };
    return agents[0]?.state === 'here';
  });
});

test('a turn is routed, done and told', async () => {
  const turn = await on.say(await on.session(), 'hello');
  expect(turn).toMatchObject({
    state: 'completed',
    output: { text: 'hello' },
    steps: [{ state: 'succeeded', attempt: 1 }],
  });
  expect(invoked).toHaveLength(1);
});

test('an answer that never comes is asked for, and adopted', async () => {
  invoke = async (message) => {
    status = () => done(message);
    return never;
  };
  route = on.planFor(mark);
  const turn = await on.say(await on.session(), 'once');
  expect(turn).toMatchObject({
    state: 'completed',
    output: { text: 'once' },
    steps: [{ attempt: 1, state: 'succeeded' }],
  });
  expect(invoked).toHaveLength(1);
});

test('an invocation that never arrived is fenced and sent again under another id', async () => {
  route = on.planFor(mark);
  invoke = async (message) => (message.attempt === 1 ? never : done(message));
  const turn = await on.say(await on.session(), 'again');
  expect(turn).toMatchObject({ state: 'completed' });
  expect(turn.steps.map((step) => [step.attempt, step.state])).toEqual([
    [1, 'not-executed'],
    [2, 'succeeded'],
  ]);
});

test('a once-skill that was interrupted is unknown: the person is asked, the session goes on', async () => {
  route = on.planFor(mark);
  status = () => 'interrupted';
  invoke = () => never;
  const session = await on.session();
  const turn = await on.say(session, 'pay');
  expect(turn).toMatchObject({ state: 'failed', error: { code: 'outcome-unknown' }, question: { kind: 'outcome' } });
  expect(turn.question?.choices?.map((choice) => choice.id)).toEqual(['happened', 'retry', 'leave']);
  expect(invoked).toHaveLength(1);

  status = () => 'not-seen';
  invoke = async (message) => done(message);
  route = on.planFor(look);
  expect(await on.say(session, 'next')).toMatchObject({ state: 'completed' });

  const retried = await on.call('POST', `/v1/turns/${turn.id}/answer`, { choice: 'retry' }, { prefer: 'wait=20' });
  const retry = (await retried.json()) as { id: string; state: string };
  expect(retry.state).toBe('completed');
  expect(retry.id).not.toBe(turn.id);
  const again = await on.call('POST', `/v1/turns/${turn.id}/answer`, { choice: 'retry' }, { prefer: 'wait=20' });
  expect(((await again.json()) as { id: string }).id).toBe(retry.id);
  const other = await on.call('POST', `/v1/turns/${turn.id}/answer`, { choice: 'leave' });
  expect(other.status).toBe(409);
  expect(invoked.filter((message) => message.skill === 'mark')).toHaveLength(2);
});

test('a reconcilable skill is looked at: done is adopted, not done is done again', async () => {
  route = on.planFor(put);
  status = () => 'interrupted';
  invoke = async (message) => {
    reconcile = () => done(message);
    return never;
  };
  const adopted = await on.say(await on.session(), 'put');
  expect(adopted).toMatchObject({ state: 'completed', steps: [{ attempt: 1, state: 'succeeded' }] });
  reconcile = () => 'not-done';
  invoke = async (message) => (message.attempt === 1 ? never : done(message));
  const again = await on.say(await on.session(), 'put');
  expect(again.steps.map((step) => step.state)).toEqual(['interrupted', 'succeeded']);
});

test('an error of the contract ends the turn with its reason', async () => {
  invoke = async ({ id }) => ({
    v: 1,
    id,
    state: 'failed',
    error: { code: 'skill-failed', reason: 'not-found', message: 'There is nothing.' },
  });
  const turn = await on.say(await on.session(), 'missing');
  expect(turn).toMatchObject({ state: 'failed', error: { code: 'skill-failed', reason: 'not-found' } });
});

test('what is destructive is asked about; the answer is bound to the exact input', async () => {
  route = on.planFor(burn);
  const asked = await on.say(await on.session(), 'the house');
  expect(asked).toMatchObject({
    state: 'input-required',
    question: { kind: 'approval', step: { input: { text: 'the house' } } },
  });
  expect(invoked).toEqual([]);
  const answered = await on.call('POST', `/v1/turns/${asked.id}/answer`, { approve: true }, { prefer: 'wait=20' });
  expect(await answered.json()).toMatchObject({ state: 'completed' });
  expect(invoked).toMatchObject([{ skill: 'burn', approval: asked.question?.id, input: { text: 'the house' } }]);
});

test('canceling ends what runs, and says how far it came', async () => {
  route = on.planFor(mark);
  const { promise: began, resolve: begin } = Promise.withResolvers<Invoke>();
  const { promise: stopped, resolve: stop } = Promise.withResolvers<InvokeReply>();
  invoke = async (message) => {
    begin(message);
    return stopped;
  };
  status = () => 'running';
  const canceling = on.agent.bus.respond(
    'cancel',
    async ({ message: { id } }) => {
      const failed: InvokeReply = { v: 1, id, state: 'failed', error: { code: 'canceled', message: 'canceled' } };
      status = () => failed;
      stop(failed);
      return { v: 1, id, ended: true } as const;
    },
    { parameters: { agent: agentName } },
  );
  await on.agent.bus.flush();
  const turn = await on.say(await on.session(), 'long', { wait: 0 });
  await began;
  const response = await on.call('POST', `/v1/turns/${turn.id}/cancel`, undefined, { prefer: 'wait=5' });
  expect(await response.json()).toMatchObject({ state: 'canceled', steps: [{ state: 'canceled' }] });
  await canceling.drain();
});

test('text that no database can hold, and an emoji where a long text is cut, stop nothing', async () => {
  invoke = async ({ id, input }) => {
    const text = `${String(input['text'])}\u0000\ud83d`;
    return { v: 1, id, state: 'done', output: { text }, text, artifacts: [] };
  };
  const input = `${'x'.repeat(1_999)}😀`;
  const turn = await on.say(await on.session(), input);
  expect(turn).toMatchObject({ state: 'completed', output: { text: `${input}\ufffd\ufffd` } });
});

test('an answer to a question that is not open answers no other one', async () => {
  route = on.planFor(burn);
  const asked = await on.say(await on.session(), 'the bridge');
  const other = { approve: true, question: '01890000-0000-7000-8000-000000000000' };
  expect((await on.call('POST', `/v1/turns/${asked.id}/answer`, other)).status).toBe(409);
  expect(invoked).toEqual([]);
  const named = { approve: true, question: asked.question?.id };
  const answered = await on.call('POST', `/v1/turns/${asked.id}/answer`, named, { prefer: 'wait=20' });
  expect(await answered.json()).toMatchObject({ state: 'completed' });
});

test('a follower that comes back after the end is told the rest and let go', async () => {
  const turn = await on.say(await on.session(), 'over');
  for (const [after, count] of [
    [0, 6],
    [3, 4],
    [1_000, 0],
  ] as const) {
    const response = await on.call('GET', `/v1/turns/${turn.id}/events`, undefined, { 'last-event-id': String(after) });
    expect((await response.text()).match(/^id: /gm) ?? []).toHaveLength(count);
  }
});

test('a canceled turn that waits for its agent in mid-effect is settled, not called canceled unseen', async () => {
  route = on.planFor(mark);
  invoke = () => never;
  status = () => 'running';
  const turn = await on.say(await on.session(), 'half', { wait: 0 });
  await waitUntil('it to start', () => invoked.length > 0);
  on.agent.leave();
  const response = await on.call('POST', `/v1/turns/${turn.id}/cancel`, undefined, { prefer: 'wait=25' });
  expect(await response.json()).toMatchObject({ state: 'failed', error: { code: 'outcome-unknown' } });
});

test('a turn waits for its agent, and is done when it is back', async () => {
  on.agent.leave();
  await waitUntil('the agent to be away', async () => {
    const { agents } = (await (await on.call('GET', '/v1/agents')).json()) as { agents: { state: string }[] };
    return agents[0]?.state === 'away';
  });
  const turn = await on.say(await on.session(), 'patience', { wait: 1 });
  expect(turn.state).toBe('submitted');
  on.agent.arrive(skills);
  await waitUntil('the turn', async () => (await on.read(turn.id)).state === 'completed');
});

test('a router that fails deliberately ends the turn; its reason is told', async () => {
  route = () => {
    throw new SwitchboardError('invalid-request', 'This cannot be routed');
  };
  expect(await on.say(await on.session(), 'x')).toMatchObject({ state: 'failed', error: { code: 'invalid-request' } });
});

test('a broker that loses its disk gets the whole record again', async () => {
  const session = await on.session();
  await on.say(session, 'one');
  await on.nats.restart({ wipe: true });
  await waitUntil('the bus', async () => {
    const health = (await (await on.call('GET', '/readyz')).json()) as { parts: Record<string, string> };
    return health.parts['bus'] === 'ok' && health.parts['events'] === 'ok';
  });
  const turn = await on.say(session, 'two');
  expect(turn.state).toBe('completed');
});
