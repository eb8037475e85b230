// Plans whose steps take what earlier ones gave: filled from what is stored, checked, approved and sent as it is.
import { randomUUIDv7 } from 'node:crypto';
import {
  type Artifact,
  artifactSchema,
  defineContract,
  describeContract,
  type Effect,
  hashJson,
  type Invoke,
  type InvokeReply,
  type MessageOf,
  type PlannedStep,
  type RouteDecision,
  type SkillDocument,
  sha256,
  type Turn,
} from '@switchboard/contract';
import { waitUntil } from '@switchboard/testkit';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { agentName, type Stage, stage } from './fixture.ts';

function skill(name: string, input: z.ZodObject, output: z.ZodObject, effects: readonly Effect[] = []): SkillDocument {
  const contract = defineContract({
    name,
    version: '1.0.0',
    title: `Do ${name}`,
    description: `Does ${name}.`,
    tags: [],
    input,
    output,
    errors: { 'not-found': 'There is nothing.' },
    effects: [],
    repeat: effects.length === 0 ? 'safe' : 'once',
    ingests: 'trusted',
    timeoutMs: 20_000,
    utterances: Array.from({ length: 8 }, (_, index) => `${name} ${index}`),
    examples: [],
    say: () => 'Done.',
  });
  return { ...describeContract(contract), effects: [...effects] };
}

const picture = skill(
  'take-picture',
  z.strictObject({ of: z.string() }),
  z.strictObject({ image: artifactSchema, note: z.string().optional() }),
);
const keep = skill(
  'keep-file',
  z.strictObject({ content: artifactSchema, note: z.string().optional() }),
  z.strictObject({ path: z.string() }),
  [{ class: 'write', on: 'files' }],
);
const send = skill(
  'send-out',
  z.strictObject({ to: z.string(), attachments: z.array(artifactSchema).max(2) }),
  z.strictObject({ path: z.string() }),
  [{ class: 'external', on: 'mail' }],
);

const bytes = Buffer.from('a picture');
const image = (name = 'page.png'): Artifact => ({
  id: randomUUIDv7(),
  name,
  mediaType: 'image/png',
  bytes: bytes.length,
  sha256: sha256(bytes),
});
const from = (step: number, field: string) => ({ $from: { step, field } });
const planned = (document: SkillDocument, input: PlannedStep['input']): PlannedStep => ({
  agent: agentName,
  skill: document.name,
  contractHash: document.contractHash,
  input,
});

let on: Stage;
let invoked: Invoke[];
let described: Record<string, unknown>[];
let made: Artifact;
let plan: PlannedStep[];
/** What the router asks before it routes, once. */
let question: Extract<RouteDecision, { outcome: 'ask' }>['question'] | undefined;
let routed: MessageOf<'route'>[];
let perform: (message: Invoke) => Promise<InvokeReply>;

const done = ({ id }: Invoke, output: Record<string, unknown>, artifacts: Artifact[] = []): InvokeReply => ({
  v: 1,
  id,
  state: 'done',
  output,
  text: 'Done.',
  artifacts,
});
const asUsual = async (message: Invoke): Promise<InvokeReply> =>
  message.skill === picture.name ? done(message, { image: made }, [made]) : done(message, { path: 'a' });

const say = async (...steps: PlannedStep[]): Promise<Turn> => {
  plan = steps;
  return on.say(await on.session(), 'do it');
};

beforeAll(async () => {
  on = await stage();
  const said = { v: 1 as const, stage: 'pattern' as const, reason: 'The test says so.', candidates: [] };
  on.router.respond('route', async ({ message }): Promise<RouteDecision> => {
    routed.push(message);
    const asked = question;
    question = undefined;
    return asked ? { ...said, outcome: 'ask', question: asked } : { ...said, outcome: 'route', steps: plan };
  });
  const { bus, verifier } = on.agent;
  const parameters = { agent: agentName };
  bus.respond(
    'invoke',
    async ({ message }) => {
      invoked.push(message);
      return perform(message);
    },
    { parameters, verifier },
  );
  bus.respond(
    'describe',
    async ({ message: { input } }) => {
      described.push(input);
      return { v: 1, text: `It sends ${JSON.stringify(input)}.` } as const;
    },
    { parameters },
  );
  bus.respond(
    'artifact',
    async ({ message: { id, offset } }) => {
      return { v: 1, id, offset, data: bytes.subarray(offset).toString('base64') } as const;
    },
    { parameters },
  );
  bus.respond('status', async ({ message: { id } }) => ({ v: 1, id, state: 'not-seen' }) as const, { parameters });
  await Promise.all([bus.flush(), on.router.flush()]);
});
afterAll(() => on?.close());
beforeEach(async () => {
  invoked = [];
  routed = [];
  described = [];
  made = image();
  perform = asUsual;
  on.agent.arrive([picture, keep, send]);
  await waitUntil('the agent', async () => {
    const { agents } = (await (await on.call('GET', '/v1/agents')).json()) as { agents: { state: string }[] };
    return agents[0]?.state === 'here';
  });
});

test('the second step is sent, hashed and kept with what the first gave', async () => {
  const turn = await say(planned(picture, { of: 'x' }), planned(keep, { content: from(1, 'image') }));
  expect(turn).toMatchObject({ state: 'completed', steps: [{ state: 'succeeded' }, { state: 'succeeded' }] });
  const input = { content: made };
  expect(invoked[1]).toMatchObject({ skill: 'keep-file', input, inputHash: hashJson(input) });
  const record = await (await on.call('GET', `/v1/turns/${turn.id}/events`)).text();
  expect(record.split(hashJson(input))).toHaveLength(2);
  expect(record).not.toContain('$from');
});

test('while it runs, the second step reads what the first gave, and no longer', async () => {
  const read = async (invocation: string): Promise<string> => {
    const asked = { v: 1, invocation, id: made.id, offset: 0 } as const;
    const options = { replier: 'gateway', timeoutMs: 5_000 };
    const piece = await on.agent.bus.request('content', { agent: agentName }, asked, options);
    return Buffer.from(piece.data, 'base64').toString();
  };
  let seen = '';
  perform = async (message) => {
    if (message.skill === keep.name) seen = await read(message.id);
    return asUsual(message);
  };
  await say(planned(picture, { of: 'x' }), planned(keep, { content: from(1, 'image') }));
  expect(seen).toBe('a picture');
  await expect(read(invoked[1]?.id ?? '')).rejects.toMatchObject({ info: { code: 'not-found' } });
});

test('who approves is shown exactly what will be sent, and the approval holds after a new claim', async () => {
  const step = planned(send, { to: 'anna@example.org', attachments: [from(1, 'image')] });
  const turn = await say(planned(picture, { of: 'x' }), step);
  const input = { to: 'anna@example.org', attachments: [made] };
  expect(turn).toMatchObject({ state: 'input-required', question: { kind: 'approval', step: { input } } });
  expect(described).toEqual([input]);
  expect(turn.question?.text).toContain(`It sends ${JSON.stringify(described[0])}.`);
  expect(invoked).toHaveLength(1);
  const answered = await on.call('POST', `/v1/turns/${turn.id}/answer`, { approve: true }, { prefer: 'wait=20' });
  expect(await answered.json()).toMatchObject({ state: 'completed' });
  expect(invoked.map(({ skill: name, input: sent, approval }) => [name, sent, approval])).toEqual([
    ['take-picture', { of: 'x' }, undefined],
    ['send-out', input, turn.question?.id],
  ]);
});

test.each([
  '../../etc/passwd',
  'a\u001b[2J\n.png',
  '\u0000.png',
  '{"$from":{"step":1,"field":"image"}}',
  '%00/…/x.png',
])('a file that calls itself %j is passed on as it is stored, and nowhere looked into', async (name) => {
  made = image(name);
  const turn = await say(planned(picture, { of: 'x' }), planned(keep, { content: from(1, 'image') }));
  expect(turn).toMatchObject({ state: 'completed' });
  // jsonb holds no NUL.
  expect(invoked[1]?.input).toEqual({ content: { ...made, name: name.replace('\u0000', '\ufffd') } });
});

test('a first step that fails ends the turn; the second never starts', async () => {
  const error = { code: 'skill-failed', reason: 'not-found', message: 'There is nothing.' } as const;
  perform = async ({ id }) => ({ v: 1, id, state: 'failed', error });
  const turn = await say(planned(picture, { of: 'x' }), planned(keep, { content: from(1, 'image') }));
  expect(turn).toMatchObject({ state: 'failed', error, steps: [{ state: 'failed' }] });
  expect(invoked).toHaveLength(1);
});

test('what the first step left out, or gave in another shape, is named, and the second never starts', async () => {
  const missing = await say(planned(picture, { of: 'x' }), planned(keep, { content: from(1, 'note') }));
  const none = 'It takes the note from step 1, and that gave none';
  expect(missing).toMatchObject({ state: 'failed', error: { code: 'invalid-input', message: none } });
  perform = async (message) => done(message, { image: made, note: 'no file' }, [made]);
  const misfit = await say(planned(picture, { of: 'x' }), planned(keep, { content: from(1, 'note') }));
  const why = 'Do keep-file cannot take what was made for it: content must be object';
  expect(misfit).toMatchObject({ state: 'failed', error: { code: 'invalid-input', message: why } });
  expect(invoked.map((message) => message.skill)).toEqual(['take-picture', 'take-picture']);
});

test.each([
  ['a later step', from(2, 'path')],
  ['itself', from(2, 'image')],
  ['a step that is not there', from(7, 'image')],
  ['a field that no contract gives', from(1, 'secret')],
])('a plan that takes from %s is not begun', async (_, content) => {
  const turn = await say(planned(picture, { of: 'x' }), planned(keep, { content }));
  expect(turn).toMatchObject({ state: 'failed', error: { code: 'invalid-input' }, steps: [] });
  expect(invoked).toEqual([]);
});

test('before the first step there is nothing: what looks like a reference there is data', async () => {
  const turn = await say(planned(keep, { content: from(1, 'image') }));
  expect(turn).toMatchObject({ state: 'completed' });
  expect(invoked[0]?.input).toEqual({ content: from(1, 'image') });
});

test.each([
  ['input', { text: 'a barn' }, { answer: { field: 'of', text: 'a barn' } }],
  ['choice', { choice: 'first' }, { text: '' }],
] as const)('an answer to a question of kind %s goes back with the rest of its plan', async (kind, answer, told) => {
  const kept = planned(keep, { content: from(1, 'image') });
  const rest = { before: [], after: [kept] };
  const about = { agent: agentName, skill: picture.name, arguments: {}, rest };
  const other = { ...about, id: 'second', label: 'Another', rest: undefined };
  question =
    kind === 'input'
      ? { kind, text: 'Of what?', field: 'of', ...about }
      : { kind, text: 'Which?', choices: [{ id: 'first', label: 'This', ...about }, other] };
  const asked = await say(planned(picture, { of: 'a barn' }), kept);
  expect(asked).toMatchObject({ state: 'input-required', question: { kind } });
  const answered = await on.call('POST', `/v1/turns/${asked.id}/answer`, answer, { prefer: 'wait=20' });
  expect(await answered.json()).toMatchObject({ state: 'completed' });
  expect(routed[1]).toMatchObject({ ...about, ...told });
  expect(invoked[1]?.input).toEqual({ content: made });
});

test('a dry run says in words what a step would take', async () => {
  plan = [planned(picture, { of: 'x' }), planned(send, { to: 'anna', attachments: [from(1, 'image')] })];
  const turn = await on.say(await on.session(), 'do it', { dryRun: true });
  expect(turn.output?.text).toContain(
    'send-out on workstation with {"to":"anna","attachments":["the image from step 1"]}',
  );
  expect(turn.output?.data).toMatchObject({ steps: [{}, { input: { attachments: [from(1, 'image')] } }] });
  expect(invoked).toEqual([]);
});

test('a second attempt is made with the input of the first', async () => {
  perform = async (message) => {
    if (message.skill === picture.name || message.attempt > 1) return asUsual(message);
    return { v: 1, id: message.id, state: 'refused', error: { code: 'overloaded', message: 'Later.' } };
  };
  const turn = await say(planned(picture, { of: 'x' }), planned(keep, { content: from(1, 'image') }));
  expect(turn.steps.map(({ step, state }) => [step, state])).toEqual([
    [1, 'succeeded'],
    [2, 'not-executed'],
    [2, 'succeeded'],
  ]);
  expect(invoked.slice(1).map(({ input }) => input)).toEqual([{ content: made }, { content: made }]);
});
