// An agent that is no container of the deployment: it joins over TLS with its credential, hears its own, and is shut out.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { connectBus } from '@switchboard/bus';
import { agentSchema } from '@switchboard/contract';
import { projectRoot, type TempFolder, tempFolder, waitUntil } from '@switchboard/testkit';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { z } from 'zod';
import type { Client } from '../../scripts/client/client.ts';
import { openStack } from './stack/stack.ts';

const stack = openStack(inject('shared'));
const agentsSchema = z.object({ agents: z.array(agentSchema) });
const own = (args: readonly string[]) => stack.tryCompose(['run', '--rm', '-T', 'agents', ...args]);

let client: Client;
let folder: TempFolder;
let credential: string;
let agent: ChildProcess;
let log = '';

beforeAll(async () => {
  client = await stack.client();
  folder = await tempFolder();
});
afterAll(async () => {
  agent.kill('SIGKILL');
  await folder.remove();
});

async function stateOf(name: string): Promise<string | undefined> {
  const { agents } = await client.call(agentsSchema, 'GET', '/v1/agents');
  return agents.find((one) => one.name === name)?.state;
}

test('joins with what “agents add” gives, and does what it is for', async () => {
  const added = await own(['add', 'garage', '--at', 'localhost', '--port', String(stack.natsPort)]);
  expect(added.stderr).toContain(`garage may join at localhost:${stack.natsPort}`);
  credential = added.stdout;
  const file = join(folder.path, 'agent.env');
  await writeFile(file, credential);
  await chmod(file, 0o600);
  agent = spawn(process.execPath, [join(projectRoot, 'deploy/remote-agent/agent.ts')], {
    env: { PATH: process.env['PATH'], SETTINGS_FILE: file, DATA_DIR: join(folder.path, 'data') },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  agent.stderr?.on('data', (piece) => {
    log += piece;
  });
  await waitUntil('it is here', async () => (await stateOf('garage')) === 'here', 30_000);
  const turn = await client.say(await client.homeSession(), 'how busy is the garage');
  expect(turn.output?.text).toMatch(/^The load of the garage is \d+\.\d\d\.$/);
});

test('those that were there before are still there', async () => {
  await client.waitUntilReady(['workstation', 'browser', 'messenger', 'business'], 30_000);
  expect((await client.say(await client.homeSession(), 'write tea to remote.txt')).state).toBe('completed');
});

test('nobody comes in without TLS, or believes another broker', async () => {
  const { BUS_SEED: seed = '', NATS_URL: url = '', NATS_CA: ca = '' } = parseEnv(credential);
  expect(url).toBe(`tls://localhost:${stack.natsPort}`);
  // The certificate is vouched for by an authority of the deployment's own.
  await expect(connectBus({ url, user: 'garage', seed, connectTimeoutMs: 3_000 })).rejects.toThrow();
  const other = ca.replace(/^(.{80})(.)/s, (_, head: string, letter: string) => head + (letter === 'A' ? 'B' : 'A'));
  await expect(connectBus({ url, user: 'garage', seed, ca: other, connectTimeoutMs: 3_000 })).rejects.toThrow();
});

test('hears and says what is its own, and no more', async () => {
  const { BUS_SEED: seed = '', NATS_URL: url = '', NATS_CA: ca = '' } = parseEnv(credential);
  const refused: string[] = [];
  const bus = await connectBus({ url, user: 'garage', seed, ca, onRefused: (what) => refused.push(what) });
  bus.listen('event', () => {});
  bus.listen('heartbeat', () => {});
  bus.publish('heartbeat', { agent: 'workstation' }, { v: 1, name: 'workstation' } as never);
  await bus.flush().catch(() => {});
  await waitUntil('the broker refuses', () => refused.length >= 3, 10_000);
  expect(refused.sort()).toEqual([
    'publish sb.agent.workstation.hb',
    'subscription sb.agent.*.hb',
    'subscription sb.event.*.*',
  ]);
  await bus.close();
});

test('names that are taken, or are no names, are refused in one line', async () => {
  for (const [name, line] of [
    ['workstation', 'workstation is one of ours'],
    ['gateway', 'gateway is one of ours'],
    ['garage', 'there is a garage already'],
    ['Garage.*', 'Garage.* is no name'],
  ] as const) {
    const { code, stderr, stdout } = await own(['add', name, '--at', 'localhost']);
    expect([code, stdout, stderr.split('\n', 1)[0]]).toEqual([64, '', expect.stringContaining(line)]);
  }
});

test('shut out, it is gone at once and does not come back', async () => {
  expect((await own(['list'])).stdout).toMatch(/^garage {2}since /);
  const started = Date.now();
  expect((await own(['revoke', 'garage'])).stdout).toBe('garage is out.\n');
  await waitUntil('it noticed', () => log.includes('"connected":false'), 10_000);
  expect(Date.now() - started).toBeLessThan(15_000);
  await waitUntil('the gateway misses it', async () => (await stateOf('garage')) !== 'here', 20_000);
  const { BUS_SEED: seed = '', NATS_URL: url = '', NATS_CA: ca = '' } = parseEnv(credential);
  await expect(connectBus({ url, user: 'garage', seed, ca, connectTimeoutMs: 3_000 })).rejects.toThrow(
    /Authorization/i,
  );
  agent.kill('SIGTERM');
  if (agent.exitCode === null && agent.signalCode === null) await once(agent, 'exit');
  expect((await client.say(await client.homeSession(), 'read remote.txt')).output?.text).toContain('tea');
});
