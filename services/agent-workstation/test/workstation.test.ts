// The workstation as a process: what it offers, what it does for a signed message, and which settings it refuses.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUIDv7 } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type Bus, connectBus, createSigner, createSigningKeys } from '@switchboard/bus';
import { type Hello, hashJson, type InvokeReply, invocationId } from '@switchboard/contract';
import { startTestNats, type TempFolder, type TestNats, tempFolder, waitUntil } from '@switchboard/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';

const program = join(import.meta.dirname, '../src/main.ts');
const agent = 'workstation';
const keys = createSigningKeys();
const signer = createSigner(keys.privateKey);

let nats: TestNats;
let folder: TempFolder;
let gateway: Bus;
let hello: Hello | undefined;

/** Its exit code once it is gone, and what it has said. */
interface Started {
  readonly child: ChildProcess;
  readonly gone: Promise<unknown>;
  log(): string;
}

function start(env: Readonly<Record<string, string>> = {}): Started {
  const child = spawn(process.execPath, [program], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      NATS_URL: nats.url,
      BUS_SEED: nats.identities[agent] ?? '',
      GATEWAY_PUBLIC_KEY: keys.publicKey,
      DATA_DIR: join(folder.path, 'data'),
      WORKSPACE: join(folder.path, 'workspace'),
      ...env,
    },
  });
  let text = '';
  child.stderr?.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  return { child, gone: once(child, 'exit').then(([code]: unknown[]) => code), log: () => text };
}

function invoke(skill: string, input: Record<string, unknown>): Promise<InvokeReply> {
  const turn = randomUUIDv7();
  const { contractHash = '', effects = [] } = hello?.skills.find(({ name }) => name === skill) ?? {};
  const message = {
    v: 1 as const,
    id: invocationId(turn, 1, 1),
    session: randomUUIDv7(),
    turn,
    step: 1,
    attempt: 1,
    epoch: 1,
    agent,
    skill,
    contractHash,
    input,
    inputHash: hashJson(input),
    policy: { decision: 'allow' as const, rule: 'of-the-test', trust: 'trusted' as const, effects },
    deadline: new Date(Date.now() + 10_000).toISOString(),
  };
  return gateway.request('invoke', { agent, skill }, message, { timeoutMs: 10_000, replier: agent, signer });
}

let workstation: Started;
beforeAll(async () => {
  nats = await startTestNats({ agents: [agent] });
  folder = await tempFolder();
  gateway = await connectBus({ url: nats.url, user: 'gateway', seed: nats.identities['gateway'] ?? '' });
  gateway.listen('hello', ({ message }) => {
    hello = message;
  });
  await gateway.flush();
  workstation = start();
  await waitUntil('a hello', () => hello, 20_000);
});
afterAll(async () => {
  workstation.child.kill('SIGKILL');
  await workstation.gone;
  await gateway.close();
  await nats.stop();
  await folder.remove();
});

it('offers what it can do here, and says of the rest why not', () => {
  const offered = hello?.skills.map(({ name }) => name) ?? [];
  expect(offered).toEqual(expect.arrayContaining(['list-files', 'read-file', 'write-file', 'delete-file']));
  for (const { why } of hello?.unavailable ?? []) expect(why).toContain('sandbox');
});

it('writes a file that is asked for, once it is signed', async () => {
  const reply = await invoke('write-file', { path: 'notes/todo.txt', text: 'buy milk' });
  expect(reply).toMatchObject({ state: 'done' });
  expect(await readFile(join(folder.path, 'workspace/notes/todo.txt'), 'utf8')).toBe('buy milk');
});

it('refuses to leave its workspace', async () => {
  await symlink(folder.path, join(folder.path, 'workspace/out'));
  for (const path of ['../data/ledger.jsonl', 'out/data/ledger.jsonl', join(folder.path, 'data/ledger.jsonl')]) {
    expect(await invoke('read-file', { path })).toMatchObject({ state: 'failed', error: { reason: 'path-escapes' } });
  }
});

it.each([
  ['a workspace that holds the ledger', { WORKSPACE: '.' }, 'must not lie in one another'],
  ['a ledger that holds the workspace', { DATA_DIR: '.' }, 'must not lie in one another'],
  ['no key of the gateway', { GATEWAY_PUBLIC_KEY: '' }, 'GATEWAY_PUBLIC_KEY'],
  ['too many at a time', { CONCURRENCY: '65' }, 'CONCURRENCY'],
])('refuses %s, in one line', async (_, wrong, says) => {
  await mkdir(join(folder.path, 'workspace'), { recursive: true });
  const absolute = Object.entries(wrong).map(([name, value]) => [name, value === '.' ? folder.path : value]);
  const refused = start(Object.fromEntries(absolute));
  expect(await refused.gone).toBe(78);
  expect(refused.log().trim().split('\n')).toHaveLength(1);
  expect(refused.log()).toContain(says);
});
