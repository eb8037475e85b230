// What may have been done is never called failed, and what nobody listened to is not asked again and again.
import { hashJson, type Invoke, type InvokeReply, invocationId, turnSchema } from '@switchboard/contract';
import { openStore } from '@switchboard/store';
import { waitUntil } from '@switchboard/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { agentName, type Stage, skillDocument, stage } from './fixture.ts';

const mark = skillDocument('mark', 'once', [{ class: 'write', on: 'files' }]);
const never = new Promise<never>(() => {});
const done = ({ id, input }: Invoke): InvokeReply => {
  const text = String(input['text']);
  return { v: 1, id, state: 'done', output: { text }, text, artifacts: [] };
};

let on: Stage;
let invoke: (message: Invoke) => Promise<InvokeReply>;
beforeAll(async () => {
  // One turn at a time, so that a test can hold the others back.
  on = await stage({ TURN_DEADLINE_SECONDS: '6', TURNS_IN_FLIGHT_MAX: '1' });
  on.router.respond('route', async ({ message }) => on.planFor(mark)(message.text));
  on.agent.bus.respond('status', () => never, { parameters: { agent: agentName } });
  await Promise.all([on.agent.bus.flush(), on.router.flush()]);
});
afterAll(() => on?.close());

function answerInvocations(): { drain(): Promise<void> } {
  const { bus, verifier } = on.agent;
  return bus.respond('invoke', ({ message }) => invoke(message), { parameters: { agent: agentName }, verifier });
}

async function arrive(): Promise<void> {
  on.agent.arrive([mark]);
  await waitUntil('the agent', async () => {
    const { agents } = (await (await on.call('GET', '/v1/agents')).json()) as { agents: { state: string }[] };
    return agents[0]?.state === 'here';
  });
}

test('an agent that stays away in mid-effect leaves an unknown, not a failure', async () => {
  invoke = () => never;
  const answering = answerInvocations();
  await arrive();
  const turn = await on.say(await on.session(), 'going', { wait: 0 });
  await waitUntil('the start', async () => (await on.read(turn.id)).steps.length > 0);
  on.agent.leave();
  const ended = await waitUntil(
    'the end',
    async () => {
      const now = await on.read(turn.id);
      return now.finishedAt === undefined ? undefined : now;
    },
    20_000,
  );
  expect(ended).toMatchObject({ error: { code: 'outcome-unknown' }, question: { kind: 'outcome' } });
  expect(ended.steps.map(({ state }) => state)).toEqual(['unknown']);
  await answering.drain();
});

test('an agent that nobody can reach is away until it is heard again, and then the turn goes on', async () => {
  await arrive();
  // It is not heard any more, and missed only after some seconds.
  on.agent.leave();
  const turn = await on.say(await on.session(), 'deaf', { wait: 2 });
  expect((await on.read(turn.id)).steps.map(({ state }) => state)).toEqual(['not-executed']);
  invoke = async (message) => done(message);
  const answering = answerInvocations();
  await arrive();
  await waitUntil('the turn', async () => (await on.read(turn.id)).state === 'completed');
  await answering.drain();
});

test('a turn without progress whose step had started is set aside as unknown', async () => {
  const { promise: held, resolve: release } = Promise.withResolvers<InvokeReply>();
  const answering = answerInvocations();
  await arrive();
  let first: Invoke | undefined;
  invoke = (message) => {
    first = message;
    return held;
  };
  await on.say(await on.session(), 'long', { wait: 0 });
  await waitUntil('the turn that holds the others back', () => first);
  const turn = await on.say(await on.session(), 'stuck', { wait: 0 });

  const store = openStore({ ...on.database.roles, connectionsMax: 1 });
  const claim = () => waitUntil('a claim', async () => (await store.work.claims.claim('other', 1, 1))[0]);
  const { epoch } = await claim();
  const input = { text: 'stuck' };
  const { contractHash, name: skill, effects, repeat } = mark;
  const start = { agent: agentName, skill, contractHash, input, inputHash: hashJson(input), effects, repeat };
  const id = invocationId(turn.id, 1, 1);
  const policy = { decision: 'allow', rule: 'of-the-test', trust: 'trusted', effects } as const;
  const place = {
    id,
    step: 1,
    attempt: 1,
    ingests: 'trusted' as const,
    policy,
    approvalId: null,
    deadline: new Date(Date.now() + 60_000),
  };
  await store.work.transit(
    { id: turn.id, epoch },
    {
      plan: [{ agent: agentName, skill, contractHash, input }],
      start: { ...start, ...place },
      events: [{ type: 'step-started', data: { invocation: id } }],
    },
  );
  for (let claims = 0; claims < 5; claims++) await claim();
  await store.close();
  if (first) release(done(first));
  const ended = await waitUntil('the end', async () => {
    const now = turnSchema.parse(await (await on.call('GET', `/v1/turns/${turn.id}`)).json());
    return now.finishedAt === undefined ? undefined : now;
  });
  expect(ended).toMatchObject({ error: { code: 'outcome-unknown' }, steps: [{ id, state: 'unknown' }] });
  await answering.drain();
});
