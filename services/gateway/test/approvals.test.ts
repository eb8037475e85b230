// Policy at work: decided before every step and told, approvals that hold for one step and one input, and dry runs.
import { randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Approval,
  type Event,
  type Invoke,
  type InvokeReply,
  type PlannedStep,
  type RouteDecision,
  type SkillDocument,
  sessionSchema,
  type Turn,
} from '@switchboard/contract';
import { type TempFolder, tempFolder, waitUntil } from '@switchboard/testkit';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { defaultPolicyText } from '../src/policy/default-policy.ts';
import { agentName, type Stage, skillDocument, stage } from './fixture.ts';

const look = skillDocument('look', 'safe', [{ class: 'read', on: 'files' }]);
const page = skillDocument('read-page', 'safe', [{ class: 'read', on: 'files' }], 'untrusted');
const put = skillDocument('put', 'once', [{ class: 'write', on: 'files' }]);
const burn = skillDocument('burn', 'once', [{ class: 'destructive', on: 'files' }]);
const post = skillDocument('post-out', 'once', [{ class: 'external', on: 'web' }]);
const skills = [look, page, put, burn, post];

let on: Stage;
let folder: TempFolder;
let policyFile: string;
let invoked: Invoke[];
let plan: (text: string) => RouteDecision;

const step = (document: SkillDocument, text: string): PlannedStep => ({
  agent: agentName,
  skill: document.name,
  contractHash: document.contractHash,
  input: { text },
});
const planned = (...steps: PlannedStep[]): RouteDecision => ({
  v: 1,
  outcome: 'route',
  stage: 'explicit',
  reason: 'The test says so.',
  candidates: [],
  steps,
});

beforeAll(async () => {
  folder = await tempFolder();
  policyFile = join(folder.path, 'policy.yaml');
  on = await stage({ POLICY_FILE: policyFile, QUESTION_SECONDS: '3600' });
  on.router.respond('route', async ({ message }) => plan(message.text));
  const { bus, verifier } = on.agent;
  bus.respond(
    'invoke',
    async ({ message }): Promise<InvokeReply> => {
      invoked.push(message);
      const text = String(message.input['text']);
      return { v: 1, id: message.id, state: 'done', output: { text }, text, artifacts: [] };
    },
    { parameters: { agent: agentName }, verifier },
  );
  await Promise.all([bus.flush(), on.router.flush()]);
  on.agent.arrive(skills);
  await waitUntil('the agent', async () => {
    const { agents } = (await (await on.call('GET', '/v1/agents')).json()) as { agents: { state: string }[] };
    return agents[0]?.state === 'here';
  });
});
afterAll(async () => {
  await on?.close();
  await folder?.remove();
});
beforeEach(async () => {
  invoked = [];
  await inForce(defaultPolicyText, 'ask');
});

/** Writes a policy, and waits until `burn` is decided so. */
async function inForce(text: string, verdict: 'allow' | 'ask' | 'deny'): Promise<void> {
  writeFileSync(policyFile, text);
  await waitUntil('the policy', async () => {
    const skill = (await (await on.call('GET', '/v1/skills/burn')).json()) as { policy: string };
    return skill.policy === verdict;
  });
}
const rules = (...lines: string[]): string =>
  ['version: 1', 'rules:', ...lines.map((line) => `  - ${line}`)].join('\n');
const everything = rules('{ rule: everything, decide: allow }');

async function events(turn: Turn): Promise<Event[]> {
  const response = await on.call('GET', `/v1/turns/${turn.id}/events`);
  if (turn.finishedAt === undefined) throw new Error('it goes on, and so would this');
  const lines = (await response.text()).split('\n').filter((line) => line.startsWith('data: '));
  return lines.map((line) => JSON.parse(line.slice('data: '.length)) as Event);
}
const decisions = (told: readonly Event[]) =>
  told.filter(({ type }) => type === 'policy-decided').map(({ data }) => data);

async function approvals(): Promise<Approval[]> {
  return ((await (await on.call('GET', '/v1/approvals')).json()) as { approvals: Approval[] }).approvals;
}
async function decide(id: string, approve: boolean): Promise<Turn & { code?: string }> {
  const response = await on.call('POST', `/v1/approvals/${id}`, { approve }, { prefer: 'wait=20' });
  return (await response.json()) as Turn;
}

test('every step is decided before it starts, and the decision is told with its rule', async () => {
  plan = () => planned(step(look, 'a'), step(put, 'b'), step(page, 'c'));
  const told = await events(await on.say(await on.session(), 'three'));
  expect(told.map(({ type }) => type)).toEqual([
    'turn-accepted',
    'turn-routed',
    ...Array.from({ length: 3 }, () => ['policy-decided', 'step-started', 'step-ended']).flat(),
    'turn-completed',
  ]);
  expect(decisions(told)).toMatchObject([
    { step: 1, agent: agentName, skill: 'look', decision: 'allow', rule: 'look-and-write', trust: 'trusted' },
    { step: 2, skill: 'put', decision: 'allow', effects: [{ class: 'write', on: 'files' }] },
    { step: 3, skill: 'read-page', decision: 'allow', revision: expect.stringMatching(/^[0-9a-f]{64}$/) },
  ]);
});

test('the decision travels in what the agent is asked, with the approval where it was to ask', async () => {
  plan = () => planned(step(put, 'a'), step(burn, 'b'));
  const asked = await on.say(await on.session(), 'both');
  const [approval] = await approvals();
  expect(await decide(approval?.id ?? '', true)).toMatchObject({ id: asked.id, state: 'completed' });
  expect(invoked.map(({ policy, approval: given }) => [policy, given])).toEqual([
    [{ decision: 'allow', rule: 'look-and-write', trust: 'trusted', effects: put.effects }, undefined],
    [{ decision: 'ask', rule: 'ask-before-it-counts', trust: 'trusted', effects: burn.effects }, approval?.id],
  ]);
});

test('an approval shows its whole input, the newest first, and says who decided', async () => {
  const long = 'x'.repeat(9_000);
  plan = (text) => planned(step(burn, text));
  const session = await on.session();
  const first = await on.say(session, long);
  const second = await on.say(session, 'short');
  const open = await approvals();
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

  const done = await decide(open[1]?.id ?? '', true);
  expect(done).toMatchObject({ id: first.id, state: 'completed' });
  const answered = (await events(done)).find(({ type }) => type === 'question-answered');
  expect(answered?.data).toMatchObject({ answer: { approve: true }, by: { principal: 'owner', key: 'test' } });
  expect(await decide(open[0]?.id ?? '', false)).toMatchObject({
    state: 'canceled',
    error: { code: 'approval-refused' },
  });
  expect((await approvals()).filter(({ sessionId }) => sessionId === session)).toEqual([]);
  // The same again is a repeat; another answer comes too late.
  expect(await decide(open[0]?.id ?? '', false)).toMatchObject({ state: 'canceled' });
  expect(await decide(open[0]?.id ?? '', true)).toMatchObject({ code: 'conflict' });
  expect(invoked).toHaveLength(1);
});

test('an approval that is not there is not found', async () => {
  expect(await decide(randomUUID(), true)).toMatchObject({ code: 'not-found' });
});

test('an approval is for one step: the same step again is asked about again', async () => {
  plan = () => planned(step(burn, 'the barn'), step(burn, 'the barn'));
  const session = await on.session();
  await on.say(session, 'twice');
  const [first] = await approvals();
  expect(await decide(first?.id ?? '', true)).toMatchObject({ state: 'input-required' });
  expect(invoked).toHaveLength(1);
  const [second] = await approvals();
  expect(second?.id).not.toBe(first?.id);
  expect(second?.inputHash).toBe(first?.inputHash);
  expect(await decide(second?.id ?? '', true)).toMatchObject({ state: 'completed' });
  expect(invoked.map(({ step: number, approval }) => [number, approval])).toEqual([
    [1, first?.id],
    [2, second?.id],
  ]);
  // And not for the next turn.
  expect(await on.say(session, 'twice')).toMatchObject({ state: 'input-required' });
});

test('what was approved and is denied by the time is not done', async () => {
  plan = () => planned(step(burn, 'the bridge'));
  await on.say(await on.session(), 'burn it');
  const [approval] = await approvals();
  await inForce(rules('{ rule: no-fire, skill: burn, decide: deny }'), 'deny');
  const ended = await decide(approval?.id ?? '', true);
  expect(ended).toMatchObject({ state: 'rejected', error: { code: 'policy-denied' }, steps: [] });
  expect(decisions(await events(ended)).at(-1)).toMatchObject({ decision: 'deny', rule: 'no-fire' });
  expect(invoked).toEqual([]);
});

test('a plan that would be denied on the way is not begun', async () => {
  await inForce(rules('{ rule: all, decide: allow }', '{ rule: no-fire, skill: burn, decide: deny }'), 'deny');
  plan = () => planned(step(put, 'a'), step(burn, 'b'));
  const turn = await on.say(await on.session(), 'both');
  expect(turn).toMatchObject({ state: 'rejected', error: { code: 'policy-denied' }, steps: [] });
  expect(turn.error?.message).toContain('no-fire');
  expect(decisions(await events(turn))).toMatchObject([{ step: 2, decision: 'deny', rule: 'no-fire' }]);
  expect(invoked).toEqual([]);
});

test('the rule of two: what is read taints the turn, the session and all its later turns', async () => {
  await inForce(everything, 'allow');
  const session = await on.session();
  const tainted = async () =>
    sessionSchema.loose().parse(await (await on.call('GET', `/v1/sessions/${session}`)).json()).tainted;
  plan = () => planned(step(burn, 'before'), step(page, 'a page'), step(put, 'a note'), step(post, 'a secret'));
  expect(await tainted()).toBe(false);
  const asked = await on.say(session, 'read and tell');
  expect(asked).toMatchObject({ state: 'input-required', question: { rule: 'rule-of-two', trust: 'untrusted' } });
  expect(asked.question?.text).toContain('somebody else wrote');
  expect(invoked.map(({ skill }) => skill)).toEqual(['burn', 'read-page', 'put']);
  expect(await tainted()).toBe(true);

  plan = () => planned(step(burn, 'later'));
  expect(await on.say(session, 'later')).toMatchObject({ state: 'input-required', question: { rule: 'rule-of-two' } });
  expect(await on.say(await on.session(), 'elsewhere')).toMatchObject({ state: 'completed' });
  expect(invoked.map(({ skill }) => skill)).toEqual(['burn', 'read-page', 'put', 'burn']);

  // Only a person ends it, for what comes after, and it is on the record.
  const trusted = await on.call('POST', `/v1/sessions/${session}/trust`);
  expect(await trusted.json()).toMatchObject({ id: session, tainted: false });
  const after = await on.say(session, 'now');
  expect(after).toMatchObject({ state: 'completed' });
  const [approval] = await approvals();
  expect(approval).toMatchObject({ input: { text: 'later' }, rule: 'rule-of-two' });
});

test('nobody can vouch for a session that is not theirs', async () => {
  expect((await on.call('POST', `/v1/sessions/${randomUUID()}/trust`)).status).toBe(404);
});

test('a dry run shows each step with what policy says of it, and nothing is asked of anybody', async () => {
  await inForce(everything, 'allow');
  plan = () => planned(step(page, 'a page'), step(post, 'a secret'), step(put, 'a note'));
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
  expect(invoked).toEqual([]);
  expect((await approvals()).filter(({ sessionId }) => sessionId === session)).toEqual([]);
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
  expect(invoked).toEqual([]);
});

test('a turn has so many grave steps, and no more', async () => {
  await inForce(everything, 'allow');
  plan = () => planned(...Array.from({ length: 4 }, (_, index) => step(burn, `house ${index}`)));
  const turn = await on.say(await on.session(), 'all of them');
  expect(turn).toMatchObject({ state: 'rejected', error: { code: 'policy-denied' }, steps: [] });
  expect(decisions(await events(turn))).toMatchObject([{ step: 4, decision: 'deny', rule: 'effects-max' }]);
  plan = () => planned(...Array.from({ length: 3 }, (_, index) => step(burn, `house ${index}`)), step(put, 'a note'));
  expect(await on.say(await on.session(), 'three of them')).toMatchObject({ state: 'completed' });
});

test('a policy that is wrong leaves the last good one in force, and readyz says so', async () => {
  await inForce(everything, 'allow');
  writeFileSync(policyFile, 'version: 1\nrules: [{ rule: x, decide: perhaps }]');
  const parts = async () =>
    ((await (await on.call('GET', '/readyz')).json()) as { parts: Record<string, string> }).parts;
  await waitUntil('the problem', async () => (await parts())['policy'] !== 'ok');
  expect((await parts())['policy']).toMatch(/last good one.*rules\.0\.decide/);
  plan = () => planned(step(burn, 'still'));
  expect(await on.say(await on.session(), 'still')).toMatchObject({ state: 'completed' });
  rmSync(policyFile);
  await waitUntil('the other problem', async () => (await parts())['policy']?.includes('gone'));
  expect(await on.say(await on.session(), 'still')).toMatchObject({ state: 'completed' });
});
