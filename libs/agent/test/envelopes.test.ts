// S6: an agent does what the gateway has signed for it, to the byte, once and in time; all else it refuses and reports.
import { connectBus, createSigner, createSigningKeys } from '@switchboard/bus';
import { hashJson, type Invoke, invocationId, invokeSchema, jsonLevelsMax } from '@switchboard/contract';
import { createLog } from '@switchboard/service';
import { waitUntil } from '@switchboard/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createAudit } from '../src/audit.ts';
import { agentName, invocation, reconciling } from './invocations.ts';
import { type RawClient, rawClient } from './raw-client.ts';
import { type AgentBench, type AgentProcess, agentBench } from './start-agent.ts';
import { processSkills, testSkill, worldAt } from './test-skills.ts';

const skills = new Map(processSkills(worldAt('')).map((skill) => [skill.contract.name, skill]));
const once = skills.get('once') ?? testSkill('missing', async () => ({}));
const reconcilable = skills.get('reconcilable') ?? once;
const onceSubject = `sb.skill.${agentName}.once`;
const stranger = createSigner(createSigningKeys().privateKey);

let bench: AgentBench;
let agent: AgentProcess;
let raw: RawClient;
beforeAll(async () => {
  bench = await agentBench();
  agent = await bench.start();
  raw = await rawClient(bench.nats.url, bench.nats.identities['gateway'] ?? '', agentName);
});
afterAll(async () => {
  raw?.close();
  await bench?.stop();
});
afterEach(async () => {
  expect(bench.world.lines(), 'nothing of all this has run').not.toContain('attack');
  expect(agent.child.exitCode, 'the agent lives').toBe(null);
});

const bytes = (message: unknown): Buffer =>
  Buffer.from(typeof message === 'string' ? message : JSON.stringify(message));
const honest = (more: Partial<Invoke> = {}): Invoke => invocation(once, 'attack', more);
const unsigned = (body: Uint8Array, signature?: string): Promise<string> => raw.ask(onceSubject, body, signature);
const signed = (message: unknown, subject = onceSubject): Promise<string> =>
  raw.ask(subject, bytes(message), bench.signer(bytes(message)));

describe('S6: a message that the gateway has not signed', () => {
  test.each<[string, (body: Buffer) => string | undefined]>([
    ['no signature', () => undefined],
    ['an empty one', () => ''],
    ['no base64', () => '***'],
    ['one of another key', stranger],
    ['one of other bytes', () => bench.signer(Buffer.from('other bytes'))],
    ['one of another message of the gateway', () => bench.signer(bytes(honest()))],
    ['one that is cut short', (body) => bench.signer(body).slice(0, -8)],
    [
      'one that is too long',
      (body) => Buffer.concat([Buffer.from(bench.signer(body), 'base64'), body]).toString('base64'),
    ],
    ['64 zero bytes', () => Buffer.alloc(64).toString('base64')],
  ])('with %s', async (_, signature) => {
    const body = bytes(honest());
    expect(await unsigned(body, signature(body))).toBe('unauthenticated');
  });

  const whole = honest({ approval: '01890000-0000-7000-8000-000000000000' });
  test.each(Object.keys(invokeSchema.shape))('or in which %s was changed afterwards', async (field) => {
    const original: Readonly<Record<string, unknown>> = { ...whole };
    expect(Object.keys(original), 'every field of the envelope is tried').toContain(field);
    const signature = bench.signer(bytes(original));
    const { [field]: value, ...rest } = original;
    const other = typeof value === 'number' ? value + 1 : typeof value === 'string' ? `${value}0` : { text: 'other' };
    expect(await unsigned(bytes({ ...original, [field]: other }), signature)).toBe('unauthenticated');
    expect(await unsigned(bytes(rest), signature)).toBe('unauthenticated');
  });

  const text = JSON.stringify(honest());
  test.each([
    ['a field more', text.replace('{', '{"more":true,')],
    ['the same field twice', text.replace('{', '{"skill":"idempotent",')],
    ['white space', text.replace('{', '{ ')],
    ['another order', JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(text)).reverse()))],
    ['an escape', text.replace('"once"', '"\\u006fnce"')],
    ['1.0 for 1', text.replace('"epoch":1', '"epoch":1.0')],
    ['1e0 for 1', text.replace('"epoch":1', '"epoch":1e0')],
    ['a byte order mark', `\ufeff${text}`],
    ['an end of line', `${text}\n`],
  ])('nor one that says the same in other bytes: %s', async (_, changed) => {
    expect(changed).not.toBe(text);
    expect(await unsigned(bytes(changed), bench.signer(bytes(text)))).toBe('unauthenticated');
  });
});

describe('S6: a message that is signed, and not for this', () => {
  test.each<[string, () => Promise<string>, string]>([
    ['another agent', () => signed(honest({ agent: 'other' })), 'invalid-request'],
    ['another skill', () => signed(honest(), `sb.skill.${agentName}.idempotent`), 'invalid-request'],
    [
      'a skill by the name of a prototype',
      () => signed(honest(), `sb.skill.${agentName}.constructor`),
      'invalid-request',
    ],
    [
      'another input than was hashed',
      () => signed({ ...honest(), input: { text: 'attack', x: 1 } }),
      'invalid-request',
    ],
    ['another hash', () => signed(honest({ inputHash: hashJson({}) })), 'invalid-request'],
    [
      'an invocation sent as a reconcile',
      () => signed(honest(), `sb.agent.${agentName}.reconcile`),
      'contract-mismatch',
    ],
    ['a reconcile sent as an invocation', () => signed(reconciling(honest())), 'contract-mismatch'],
    ['a status request sent as an invocation', () => signed({ v: 1, id: honest().id }), 'contract-mismatch'],
    ['a version to come', () => signed({ ...honest(), v: 2 }), 'contract-mismatch'],
    ['an unknown field', () => signed({ ...honest(), more: true }), 'contract-mismatch'],
  ])('%s', async (_, attack, code) => {
    expect(await attack()).toBe(code);
  });

  test.each<[string, Partial<Invoke>, string]>([
    ['too late', { deadline: new Date(Date.now() - 1).toISOString() }, 'deadline-exceeded'],
    ['of another contract', { contractHash: '0'.repeat(64) }, 'contract-mismatch'],
  ])('%s: refused for good', async (_, more, code) => {
    const message = honest(more);
    expect(JSON.parse(await signed(message))).toMatchObject({ state: 'refused', error: { code } });
    const mended = honest({ turn: message.turn });
    expect(JSON.parse(await signed(mended)), 'its id is spent').toMatchObject({ error: { code: 'conflict' } });
  });
});

describe('S6: bytes that no gateway writes, signed all the same', () => {
  const text = JSON.stringify(honest());
  test.each<[string, string | Uint8Array, string]>([
    ['nothing', '', 'contract-mismatch'],
    ['null', 'null', 'contract-mismatch'],
    ['a list', '[]', 'contract-mismatch'],
    ['half of it', text.slice(0, -20), 'contract-mismatch'],
    ['two of it', text + text, 'contract-mismatch'],
    ['no UTF-8', Buffer.from(text).fill(0xff, 10, 20), 'contract-mismatch'],
    ['a prototype beside the fields', text.replace('{', '{"__proto__":{"skill":"safe"},'), 'contract-mismatch'],
    ['a second input', text.replace('"inputHash"', '"input":{"text":"other"},"inputHash"'), 'invalid-request'],
    ['a second skill', text.replace('"input":', '"skill":"idempotent","input":'), 'invalid-request'],
    ['a number past all bounds', text.replace('"attack"', '1e999'), 'contract-mismatch'],
    ['10,000 levels', text.replace('"attack"', `${'['.repeat(10_000)}${']'.repeat(10_000)}`), 'contract-mismatch'],
    [
      '100,000 levels',
      text.replace('"attack"', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`),
      'contract-mismatch',
    ],
    [`${jsonLevelsMax} levels`, text.replace('"attack"', `${'['.repeat(62)}${']'.repeat(62)}`), 'invalid-request'],
  ])('%s', async (_, body, code) => {
    expect(await raw.ask(onceSubject, Buffer.from(body), bench.signer(Buffer.from(body)))).toBe(code);
  });

  test('a prototype in the input is no part of it', async () => {
    const message = JSON.stringify(invocation(once, 'as it was hashed'));
    const poisoned = message.replace('"input":{', '"input":{"__proto__":{"text":"attack","polluted":true},');
    expect(JSON.parse(await signed(poisoned))).toMatchObject({ state: 'done', output: { text: 'as it was hashed' } });
    expect(bench.world.lines()).toContain('as it was hashed');
  });

  test('an input of 900,000 characters', async () => {
    const message = invocation(once, 'attack'.repeat(150_000));
    expect(JSON.parse(await signed(message))).toMatchObject({ state: 'refused', error: { code: 'invalid-input' } });
  });
});

describe('S6: the same message again', () => {
  test('is answered as before and not done again, also by the agent that comes after', async () => {
    const message = invocation(once, 'replayed');
    const answers = [await signed(message), await signed(message)];
    agent.child.kill('SIGKILL');
    await agent.gone;
    agent = await bench.start();
    answers.push(await signed(message));
    expect(answers.map((answer) => JSON.parse(answer))).toEqual(Array(3).fill(JSON.parse(answers[0] ?? '')));
    expect(answers[0]).toContain('"done"');
    expect(bench.world.lines().filter((line) => line === 'replayed')).toHaveLength(1);
  });

  test('of an invocation that was canceled before it came is refused for good', async () => {
    const message = honest();
    await bench.cancel(message);
    expect(JSON.parse(await signed(message))).toMatchObject({ state: 'refused', error: { code: 'conflict' } });
  });

  test('one id with other contents is answered with what was done under it, and nothing is done', async () => {
    const first = invocation(once, 'first');
    expect(await signed(first)).toContain('"done"');
    expect(await signed(honest({ turn: first.turn }))).toContain('It says first');
  });

  test('a reconcile for another input than was interrupted is not looked into', async () => {
    const message = invocation(reconcilable, 'first');
    expect(await signed(reconciling(message), `sb.agent.${agentName}.reconcile`)).toContain('"not-done"');
    expect(await signed(message, `sb.skill.${agentName}.reconcilable`), 'fenced by the look').toContain('conflict');
  });
});

describe('S6: what was refused is reported', () => {
  const hear = async () => {
    const heard: Record<string, unknown>[] = [];
    const seed = bench.nats.identities['operator'] ?? '';
    const operator = await connectBus({ url: bench.nats.url, user: 'operator', seed });
    operator.listen('audit', ({ message, parameters }) => heard.push({ ...parameters, ...message.data }));
    await operator.flush();
    return { heard, operator };
  };

  test('with what, where and why, and none of the arguments', async () => {
    agent.child.kill('SIGKILL');
    await agent.gone;
    agent = await bench.start();
    const { heard, operator } = await hear();
    const secret = invocation(once, 'attack', { input: { text: 5, hidden: 'attack' } });
    await unsigned(bytes(honest()));
    await signed(honest({ agent: 'other' }));
    await signed(secret);
    const from = { service: agentName, kind: 'refused' };
    await waitUntil('three lines', () => heard.length === 3);
    expect(heard).toEqual([
      { ...from, code: 'unauthenticated', subject: onceSubject, why: 'The signature is missing or wrong' },
      { ...from, code: 'invalid-request', subject: onceSubject, why: 'This is for other once' },
      { ...from, code: 'invalid-input', skill: 'once', id: invocationId(secret.turn, 1, 1) },
    ]);
    await operator.close();
  });

  test('a flood of them makes a few lines, and one that counts the rest', async () => {
    const { heard, operator } = await hear();
    agent.child.kill('SIGKILL');
    await agent.gone;
    const seed = bench.nats.identities[agentName] ?? '';
    const own = await connectBus({ url: bench.nats.url, user: agentName, seed });
    const log = createLog('test', 'silent');
    const audit = createAudit(own, agentName, log, { linesMax: 5, windowMs: 300 });
    for (let index = 0; index < 1_000; index++) {
      audit.messageRefused({ code: 'unauthenticated', message: 'no' }, onceSubject);
    }
    await waitUntil('the count', () => heard.at(-1)?.['code'] === 'overloaded');
    expect(heard.map(({ code }) => code)).toEqual([...Array(5).fill('unauthenticated'), 'overloaded']);
    expect(heard.at(-1)).toMatchObject({ more: 995 });
    audit.messageRefused({ code: 'unauthenticated', message: 'no' }, onceSubject);
    await waitUntil('the next', () => heard.length === 7);
    await Promise.all([own.close(), operator.close()]);
    agent = await bench.start();
  });
});
