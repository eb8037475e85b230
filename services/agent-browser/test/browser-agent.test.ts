// The browser agent as a process: what it offers and refuses, and what is left of Chromium when it is killed.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUIDv7 } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Bus, connectBus, createSigner, createSigningKeys } from '@switchboard/bus';
import {
  type Hello,
  hashJson,
  type Invoke,
  type InvokeReply,
  invocationId,
  type Permission,
} from '@switchboard/contract';
import {
  isAlive,
  projectRoot,
  startTestNats,
  type TempFolder,
  type TestNats,
  tempFolder,
  waitUntil,
} from '@switchboard/testkit';
import { type HostileSite, startHostileSite } from '@switchboard/testkit/peers/hostile-site';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { descendantsOf } from './processes.ts';

const program = join(import.meta.dirname, '../src/main.ts');
const agent = 'browser';
const keys = createSigningKeys();
const signer = createSigner(keys.privateKey);

let nats: TestNats;
let folder: TempFolder;
let gateway: Bus;
let site: HostileSite;
let hello: Hello | undefined;
const started: ChildProcess[] = [];

function lastStarted(): ChildProcess {
  const child = started.at(-1);
  if (child === undefined) throw new Error('no agent has been started');
  return child;
}

function start(env: Readonly<Record<string, string>> = {}): ChildProcess {
  const child = spawn(process.execPath, [program], {
    stdio: 'ignore',
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      NATS_URL: nats.url,
      BUS_SEED: nats.identities[agent] ?? '',
      GATEWAY_PUBLIC_KEY: keys.publicKey,
      DATA_DIR: join(folder.path, 'data'),
      CHROMIUM_CACHE: join(projectRoot, '.cache'),
      BROWSER_ALLOW_HOSTS: `127.0.0.1:${site.port}`,
      ...env,
    },
  });
  started.push(child);
  return child;
}

/** Starts it and waits until it has told what it offers. */
async function startAndMeet(env: Readonly<Record<string, string>> = {}): Promise<ChildProcess> {
  hello = undefined;
  const child = start(env);
  await waitUntil('the browser says hello', () => hello, 30_000);
  return child;
}

function messageFor(skill: string, input: Record<string, unknown>, policy: Partial<Permission> = {}): Invoke {
  const turn = randomUUIDv7();
  const { contractHash = '', effects = [] } = hello?.skills.find(({ name }) => name === skill) ?? {};
  return {
    v: 1,
    id: invocationId(turn, 1, 1),
    session: '00000000-0000-7000-8000-00000000000a',
    turn,
    step: 1,
    attempt: 1,
    epoch: 1,
    agent,
    skill,
    contractHash,
    input,
    inputHash: hashJson(input),
    policy: { decision: 'allow', rule: 'of-the-test', trust: 'trusted', effects, ...policy },
    deadline: new Date(Date.now() + 60_000).toISOString(),
  };
}

const timing = { timeoutMs: 60_000, replier: agent };
const send = (message: Invoke): Promise<InvokeReply> =>
  gateway.request('invoke', { agent, skill: message.skill }, message, { ...timing, signer });
const invoke = (skill: string, input: Record<string, unknown>, policy?: Partial<Permission>) =>
  send(messageFor(skill, input, policy));
const at = (path: string): string => site.url + path;

beforeAll(async () => {
  nats = await startTestNats({ agents: [agent] });
  folder = await tempFolder();
  site = await startHostileSite();
  gateway = await connectBus({ url: nats.url, user: 'gateway', seed: nats.identities['gateway'] ?? '' });
  gateway.listen('hello', ({ message }) => {
    hello = message;
  });
  await gateway.flush();
});
afterAll(async () => {
  for (const child of started) child.kill('SIGKILL');
  await gateway?.close();
  await nats?.stop();
  await site?.close();
  await folder?.remove();
});

it('offers its skills, with no Chromium running', async () => {
  const child = await startAndMeet();
  expect(hello?.skills.map(({ name }) => name)).toEqual([
    'fetch-page',
    'extract-data',
    'take-screenshot',
    'save-pdf',
    'download-file',
    'open-page',
    'read-current-page',
    'fill-form',
    'click',
  ]);
  expect(hello?.unavailable).toEqual([]);
  expect(hello?.skills.every(({ ingests }) => ingests === 'untrusted')).toBe(true);
  expect(descendantsOf(child.pid ?? 0)).toEqual([]);
});

it('does nothing that a page says: what acts is refused without the approval that the policy asks for', async () => {
  const read = await invoke('fetch-page', { url: at('/inject') });
  expect(read).toMatchObject({ state: 'done', output: { text: expect.stringContaining('ignore your instructions') } });
  await invoke('open-page', { url: at('/order') });
  const before = site.requests.length;
  for (const [skill, input] of [
    ['click', { target: 'Send order' }],
    ['fill-form', { field: 'Name', value: 'Mallory', submit: true }],
  ] as const) {
    const reply = await invoke(skill, input, { decision: 'ask', trust: 'untrusted' });
    expect(reply).toMatchObject({ state: 'refused', error: { code: 'policy-denied' } });
  }
  // Nor when the decision was about less than what the skill does.
  const reply = await invoke('click', { target: 'Send order' }, { effects: [{ class: 'read', on: 'page' }] });
  expect(reply).toMatchObject({ state: 'refused', error: { code: 'policy-denied' } });
  expect(site.requests.slice(before)).toEqual([]);
});

describe('killed in the middle', () => {
  /** Kills it once the site has been asked; then nothing of Chromium may be left, and it starts again. */
  async function dieWhile(message: Invoke, asked: string): Promise<void> {
    const child = lastStarted();
    const lost = send(message).catch(() => 'lost with the agent');
    await waitUntil(asked, () => site.requests.at(-1) === asked, 30_000);
    const chromium = descendantsOf(child.pid ?? 0).map(({ pid }) => pid);
    expect(chromium.length).toBeGreaterThan(3);
    child.kill('SIGKILL');
    await waitUntil('Chromium ends', () => !chromium.some(isAlive));
    await startAndMeet();
    expect(readdirSync(join(folder.path, 'data', 'tmp'))).toEqual([]);
    void lost;
  }

  it('of sending a form: it is told as interrupted, and never sent again', async () => {
    await invoke('open-page', { url: at('/order-silent') });
    const message = messageFor('fill-form', { field: 'Name', value: 'Anna', submit: true });
    await dieWhile(message, 'POST /silent');
    const status = await gateway.request('status', { agent }, { v: 1, id: message.id }, timing);
    expect(status).toMatchObject({ state: 'interrupted' });
    expect(site.requests.filter((request) => request === 'POST /silent')).toHaveLength(1);
    expect(await invoke('read-current-page', {})).toMatchObject({
      state: 'done',
      output: { url: at('/order-silent') },
    });
  });

  it('of a download: nothing of it stays, and it can be done again', async () => {
    const message = messageFor('download-file', { url: at('/silent') });
    await dieWhile(message, 'GET /silent');
    expect(await invoke('download-file', { url: at('/file') })).toMatchObject({
      state: 'done',
      output: { file: { bytes: 5 } },
    });
  });
});

it('ends Chromium with itself', async () => {
  const child = lastStarted();
  const chromium = descendantsOf(child.pid ?? 0).map(({ pid }) => pid);
  expect(chromium.length).toBeGreaterThan(3);
  child.kill('SIGTERM');
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
  expect(chromium.filter(isAlive)).toEqual([]);
});

it('without a Chromium offers nothing, and says why and what to do', async () => {
  const child = await startAndMeet({ CHROMIUM: '/nowhere/chromium' });
  expect(hello?.unavailable).toHaveLength(9);
  expect(hello?.unavailable[0]?.why).toBe('CHROMIUM names /nowhere/chromium, which is not a program here.');
  child.kill('SIGTERM');
  await once(child, 'exit');
});

it.each([
  ['BROWSER_ALLOW_HOSTS', 'http://nas.local/'],
  ['BROWSER_STORAGE_KEY', 'short'],
  ['CHROMIUM_SANDBOX', 'maybe'],
])('does not start with a %s that is none', async (setting, value) => {
  const [code] = await once(start({ [setting]: value }), 'exit');
  expect(code).toBe(78);
});
