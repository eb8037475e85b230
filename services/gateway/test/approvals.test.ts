// Approvals: the exact input shown whole, one yes for one step, and who said it.
import { randomUUID } from 'node:crypto';
import type { Turn } from '@switchboard/contract';
import { waitUntil } from '@switchboard/testkit';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { defaultPolicyText } from '../src/policy/default-policy.ts';
import { callerWith, makeKey, makePrincipal } from './callers.ts';
import { agentName } from './fixture.ts';
import { burn, type PolicyStage, policyStage, rules, step } from './policy-stage.ts';

let on: PolicyStage;
beforeAll(async () => {
  on = await policyStage();
});
afterAll(() => on?.close());
beforeEach(async () => {
  on.invoked.length = 0;
  await on.inForce(defaultPolicyText, 'ask');
});

test('an approval shows its whole input, the newest first, and says who decided', async () => {
  const long = 'x'.repeat(100_000);
  const session = await on.session();
  on.plan(step(burn, long));
  const first = await on.say(session, 'long');
  on.plan(step(burn, 'short'));
  const second = await on.say(session, 'short');
  const open = await on.approvals();
  expect(open.slice(0, 2)).toMatchObject([
    { turnId: second.id, sessionId: session, skill: 'burn', input: { text: 'short' } },
    {
      turnId: first.id,
      agent: agentName,
      input: { text: long },
      effects: burn.effects,
      rule: 'ask-before-it-counts',
      trust: 'trusted',
    },
  ]);
  const paged = await on.call('GET', `/v1/approvals?limit=1&before=${open[0]?.id}`);
  expect(await paged.json()).toMatchObject({ approvals: [{ id: open[1]?.id }] });

  const done = await on.answer(open[1]?.id, true);
  expect(done).toMatchObject({ id: first.id, state: 'completed' });
  const answered = (await on.events(done)).find(({ type }) => type === 'question-answered');
  expect(answered?.data).toMatchObject({ answer: { approve: true }, by: { principal: 'owner', key: 'test' } });
  expect(await on.answer(open[0]?.id, false)).toMatchObject({
    state: 'canceled',
    error: { code: 'approval-refused' },
  });
  expect((await on.approvals()).filter(({ sessionId }) => sessionId === session)).toEqual([]);
  // The same again is a repeat; another answer comes too late.
  expect(await on.answer(open[0]?.id, false)).toMatchObject({ state: 'canceled' });
  expect(await on.answer(open[0]?.id, true)).toMatchObject({ code: 'conflict' });
  expect(on.invoked).toHaveLength(1);
});

test('an approval that is not there is not found', async () => {
  expect(await on.answer(randomUUID(), true)).toMatchObject({ code: 'not-found' });
});

test('an approval is for one step: the same step again is asked about again', async () => {
  on.plan(step(burn, 'the barn'), step(burn, 'the barn'));
  const session = await on.session();
  await on.say(session, 'twice');
  const [first] = await on.approvals();
  expect(await on.answer(first?.id, true)).toMatchObject({ state: 'input-required' });
  expect(on.invoked).toHaveLength(1);
  const [second] = await on.approvals();
  expect(second?.id).not.toBe(first?.id);
  expect(second?.inputHash).toBe(first?.inputHash);
  expect(await on.answer(second?.id, true)).toMatchObject({ state: 'completed' });
  expect(on.invoked.map(({ step: number, approval }) => [number, approval])).toEqual([
    [1, first?.id],
    [2, second?.id],
  ]);
  // And not for the next turn.
  expect(await on.say(session, 'twice')).toMatchObject({ state: 'input-required' });
});

test('a yes that is sent twice answers one question, not the one that is asked after it', async () => {
  on.plan(step(burn, 'the barn'), step(burn, 'the house'));
  const { id } = await on.say(await on.session(), 'both');
  const yes = () => on.call('POST', `/v1/turns/${id}/answer`, { approve: true }, { prefer: 'wait=20' });
  const asked = (await (await yes()).json()) as Turn;
  expect(asked).toMatchObject({ state: 'input-required', question: { step: { input: { text: 'the house' } } } });
  expect((await yes()).status).toBe(409);
  expect(on.invoked.map(({ input }) => input['text'])).toEqual(['the barn']);
  const named = { approve: true, question: asked.question?.id };
  const answered = await on.call('POST', `/v1/turns/${id}/answer`, named, { prefer: 'wait=20' });
  expect(await answered.json()).toMatchObject({ state: 'completed' });
});

test('what was approved and is denied by the time is not done', async () => {
  on.plan(step(burn, 'the bridge'));
  await on.say(await on.session(), 'burn it');
  const [approval] = await on.approvals();
  await on.inForce(rules('{ rule: no-fire, skill: burn, decide: deny }'), 'deny');
  const ended = await on.answer(approval?.id, true);
  expect(ended).toMatchObject({ state: 'rejected', error: { code: 'policy-denied' }, steps: [] });
  expect((await on.decisions(ended)).at(-1)).toMatchObject({ decision: 'deny', rule: 'no-fire' });
  expect(on.invoked).toEqual([]);
});

test('nobody can vouch for a session that is not theirs', async () => {
  expect((await on.call('POST', `/v1/sessions/${randomUUID()}/trust`)).status).toBe(404);
});

test('no answer in time means no, and a yes after that comes too late', async () => {
  const hasty = await policyStage({ QUESTION_SECONDS: '1' });
  try {
    hasty.plan(step(burn, 'the ship'));
    const asked = await hasty.say(await hasty.session(), 'burn it');
    const [approval] = await hasty.approvals();
    expect(approval?.turnId).toBe(asked.id);
    const ended = await waitUntil('the end of its time', async () => {
      const turn = await hasty.read(asked.id);
      return turn.state === 'canceled' && turn;
    });
    expect(ended.error).toMatchObject({ code: 'approval-refused', message: expect.stringContaining('in time') });
    const answered = (await hasty.events(ended)).find(({ type }) => type === 'question-answered');
    expect(answered?.data).toEqual({ question: approval?.id, kind: 'approval', answer: { expired: true } });
    expect(await hasty.answer(approval?.id, true)).toMatchObject({ code: 'conflict' });
    expect(await hasty.approvals()).toEqual([]);
    expect(hasty.invoked).toEqual([]);
  } finally {
    await hasty.close();
  }
});

test('approvals are their own principal’s, and need the scope for it', async () => {
  const stranger = await makeKey(on, ['sessions', 'approve'], { principalId: await makePrincipal(on) });
  const theirs = callerWith(on, stranger.key);
  const lesser = callerWith(on, (await makeKey(on, ['sessions'])).key);

  on.plan(step(burn, 'the mill'));
  const session = await on.session();
  const asked = await on.say(session, 'burn it');
  const approval = `/v1/approvals/${asked.question?.id}`;
  const trust = `/v1/sessions/${session}/trust`;
  expect(await (await theirs('GET', '/v1/approvals')).json()).toEqual({ approvals: [] });
  expect((await theirs('POST', approval, { approve: true })).status).toBe(404);
  expect((await theirs('POST', trust)).status).toBe(404);
  expect((await lesser('GET', '/v1/approvals')).status).toBe(403);
  expect((await lesser('POST', approval, { approve: true })).status).toBe(403);
  expect((await lesser('POST', `/v1/turns/${asked.id}/answer`, { approve: true })).status).toBe(403);
  expect((await lesser('POST', trust)).status).toBe(403);
  expect(on.invoked).toEqual([]);
});
