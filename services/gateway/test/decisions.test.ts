// Policy at work: every step is decided about and told, what is read taints, and a dry run shows all of it.
import { randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { sessionSchema, type Turn } from '@switchboard/contract';
import { waitUntil } from '@switchboard/testkit';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { defaultPolicyText } from '../src/policy/default-policy.ts';
import { agentName } from './fixture.ts';
import { burn, everything, look, type PolicyStage, page, policyStage, post, put, rules, step } from './policy-stage.ts';

let on: PolicyStage;
beforeAll(async () => {
  on = await policyStage();
});
afterAll(() => on?.close());
beforeEach(async () => {
  on.invoked.length = 0;
  await on.inForce(defaultPolicyText, 'ask');
});

test('every step is decided before it starts, and the decision is told with its rule', async () => {
  on.plan(step(look, 'a'), step(put, 'b'), step(page, 'c'));
  const told = await on.events(await on.say(await on.session(), 'three'));
  expect(told.map(({ type }) => type)).toEqual([
    'turn-accepted',
    'turn-routed',
    ...Array.from({ length: 3 }, () => ['policy-decided', 'step-started', 'step-ended']).flat(),
    'turn-completed',
  ]);
  expect(told.filter(({ type }) => type === 'policy-decided').map(({ data }) => data)).toMatchObject([
    { step: 1, agent: agentName, skill: 'look', decision: 'allow', rule: 'look-and-write', trust: 'trusted' },
    { step: 2, skill: 'put', decision: 'allow', effects: [{ class: 'write', on: 'files' }] },
    { step: 3, skill: 'read-page', decision: 'allow', revision: expect.stringMatching(/^[0-9a-f]{64}$/) },
  ]);
});

test('a step that waited for its agent to be free is decided about as the policy is by then', async () => {
  await on.inForce(everything, 'allow');
  const { promise: free, resolve } = Promise.withResolvers<void>();
  on.busy(free);
  on.plan(step(burn, 'the barn'));
  const sessions = await Promise.all(Array.from({ length: 9 }, () => on.session()));
  const saying = Promise.all(sessions.map((session) => on.say(session, 'burn it')));
  await waitUntil('the agent to be full', async () => on.invoked.length === 8);
  await on.inForce(rules('{ rule: no-fire, skill: burn, decide: deny }'), 'deny');
  resolve();
  const states = (await saying).map(({ state }) => state).sort();
  expect(states).toEqual([...Array.from({ length: 8 }, () => 'completed'), 'rejected']);
  expect(on.invoked).toHaveLength(8);
});

test('the decision travels in what the agent is asked, with the approval where it was to ask', async () => {
  on.plan(step(put, 'a'), step(burn, 'b'));
  const asked = await on.say(await on.session(), 'both');
  const [approval] = await on.approvals();
  expect(await on.answer(approval?.id, true)).toMatchObject({ id: asked.id, state: 'completed' });
  expect(on.invoked.map(({ policy, approval: given }) => [policy, given])).toEqual([
    [{ decision: 'allow', rule: 'look-and-write', trust: 'trusted', effects: put.effects }, undefined],
    [{ decision: 'ask', rule: 'ask-before-it-counts', trust: 'trusted', effects: burn.effects }, approval?.id],
  ]);
});

test('a plan that would be denied on the way is not begun', async () => {
  await on.inForce(rules('{ rule: all, decide: allow }', '{ rule: no-fire, skill: burn, decide: deny }'), 'deny');
  on.plan(step(put, 'a'), step(burn, 'b'));
  const turn = await on.say(await on.session(), 'both');
  expect(turn).toMatchObject({ state: 'rejected', error: { code: 'policy-denied' }, steps: [] });
  expect(turn.error?.message).toContain('no-fire');
  expect(await on.decisions(turn)).toMatchObject([{ step: 2, decision: 'deny', rule: 'no-fire' }]);
  expect(on.invoked).toEqual([]);
});

test('the rule of two: what is read taints the turn, the session and all its later turns', async () => {
  await on.inForce(everything, 'allow');
  const session = await on.session();
  const tainted = async () =>
    sessionSchema.loose().parse(await (await on.call('GET', `/v1/sessions/${session}`)).json()).tainted;
  on.plan(step(burn, 'before'), step(page, 'a page'), step(put, 'a note'), step(post, 'a secret'));
  expect(await tainted()).toBe(false);
  const asked = await on.say(session, 'read and tell');
  expect(asked).toMatchObject({ state: 'input-required', question: { rule: 'rule-of-two', trust: 'untrusted' } });
  expect(asked.question?.text).toContain('somebody else wrote');
  expect(on.invoked.map(({ skill }) => skill)).toEqual(['burn', 'read-page', 'put']);
  expect(await tainted()).toBe(true);

  on.plan(step(burn, 'later'));
  expect(await on.say(session, 'later')).toMatchObject({ state: 'input-required', question: { rule: 'rule-of-two' } });
  expect(await on.say(await on.session(), 'elsewhere')).toMatchObject({ state: 'completed' });
  expect(on.invoked.map(({ skill }) => skill)).toEqual(['burn', 'read-page', 'put', 'burn']);

  // Only a person ends it, for what comes after, and it is on the record.
  const trusted = await on.call('POST', `/v1/sessions/${session}/trust`);
  expect(await trusted.json()).toMatchObject({ id: session, tainted: false });
  const after = await on.say(session, 'now');
  expect(after).toMatchObject({ state: 'completed' });
  const [approval] = await on.approvals();
  expect(approval).toMatchObject({ input: { text: 'later' }, rule: 'rule-of-two' });
});

test('a dry run shows each step with what policy says of it, and nothing is asked of anybody', async () => {
  await on.inForce(everything, 'allow');
  on.plan(step(page, 'a page'), step(post, 'a secret'), step(put, 'a note'));
  const session = await on.session();
  const turn = await on.say(session, 'read and tell', { dryRun: true });
  expect(turn).toMatchObject({ state: 'completed', dryRun: true, steps: [] });
  expect(turn.output?.data).toEqual({
    steps: [
      {
        agent: agentName,
        skill: 'read-page',
        input: { text: 'a page' },
        effects: page.effects,
        decision: 'allow',
        rule: 'everything',
        trust: 'trusted',
      },
      {
        agent: agentName,
        skill: 'post-out',
        input: { text: 'a secret' },
        effects: post.effects,
        decision: 'ask',
        rule: 'rule-of-two',
        trust: 'untrusted',
      },
      {
        agent: agentName,
        skill: 'put',
        input: { text: 'a note' },
        effects: put.effects,
        decision: 'allow',
        rule: 'everything',
        trust: 'untrusted',
      },
    ],
  });
  expect(turn.output?.text).toContain(
    '2. post-out on workstation with {"text":"a secret"}: asked about first, because of rule-of-two.',
  );
  expect(on.invoked).toEqual([]);
  expect((await on.approvals()).filter(({ sessionId }) => sessionId === session)).toEqual([]);
  const shown = await on.call('GET', `/v1/sessions/${session}`);
  expect(await shown.json()).toMatchObject({ tainted: false });
});

test('a dry run of one skill says the same', async () => {
  const headers = { 'idempotency-key': randomUUID(), prefer: 'wait=20' };
  const body = { input: { text: 'the barn' }, dryRun: true };
  const turn = (await (await on.call('POST', '/v1/skills/burn/invoke', body, headers)).json()) as Turn;
  expect(turn).toMatchObject({
    state: 'completed',
    steps: [],
    output: {
      data: { steps: [{ skill: 'burn', input: { text: 'the barn' }, decision: 'ask', rule: 'ask-before-it-counts' }] },
    },
  });
  expect(on.invoked).toEqual([]);
});

test('a turn has so many grave steps, and no more', async () => {
  await on.inForce(everything, 'allow');
  on.plan(...Array.from({ length: 4 }, (_, index) => step(burn, `house ${index}`)));
  const turn = await on.say(await on.session(), 'all of them');
  expect(turn).toMatchObject({ state: 'rejected', error: { code: 'policy-denied' }, steps: [] });
  expect(await on.decisions(turn)).toMatchObject([{ step: 4, decision: 'deny', rule: 'effects-max' }]);
  on.plan(...Array.from({ length: 3 }, (_, index) => step(burn, `house ${index}`)), step(put, 'a note'));
  expect(await on.say(await on.session(), 'three of them')).toMatchObject({ state: 'completed' });
});

test('a policy that is wrong leaves the last good one in force, and readyz says so', async () => {
  await on.inForce(everything, 'allow');
  writeFileSync(on.policyFile, 'version: 1\nrules: [{ rule: x, decide: perhaps }]');
  const parts = async () =>
    ((await (await on.call('GET', '/readyz')).json()) as { parts: Record<string, string> }).parts;
  await waitUntil('the problem', async () => (await parts())['policy'] !== 'ok');
  expect((await parts())['policy']).toMatch(/last good one.*rules\.0\.decide/);
  on.plan(step(burn, 'still'));
  expect(await on.say(await on.session(), 'still')).toMatchObject({ state: 'completed' });
  rmSync(on.policyFile);
  await waitUntil('the other problem', async () => (await parts())['policy']?.includes('gone'));
  expect(await on.say(await on.session(), 'still')).toMatchObject({ state: 'completed' });
});
