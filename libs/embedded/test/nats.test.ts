// The embedded broker: configured from the subject map, closed to strangers, durable.
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type BusIdentity, connectBus, connectGatewayBus, createBusIdentity, provisionStreams } from '@switchboard/bus';
import { brokerUsers } from '@switchboard/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type KeyedUser, locateNatsServer, type Nats, renderNatsConf, startNats } from '../src/index.ts';

const run = promisify(execFile);
const cacheDir = fileURLToPath(new URL('../../../.cache', import.meta.url));
const keys = new Map<string, BusIdentity>();
const users: KeyedUser[] = brokerUsers(['workstation']).map((user) => {
  const identity = createBusIdentity();
  keys.set(user.name, identity);
  return { ...user, publicKey: identity.publicKey };
});
let folder: string;
let binary: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchboard embedded '));
  binary = await locateNatsServer({ cacheDir });
});

afterAll(() => rm(folder, { recursive: true }));

const seedOf = (user: string): string => keys.get(user)?.seed ?? '';

async function check(name: string, conf: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, conf);
  const { stderr } = await run(binary, ['-c', file, '-t']);
  return stderr;
}

test('nats-server itself accepts the configuration', async () => {
  const conf = renderNatsConf({ port: 4222, storeDir: join(folder, 'a "quoted" $HOME ü'), users, monitorPort: 8222 });
  expect(await check('good.conf', conf)).toContain('is valid');
  expect(conf).toMatch(/sync_interval: always/);
  expect(conf).not.toMatch(/no_auth_user|password|0\.0\.0\.0/);
});

test('who may say nothing is refused everything, for an empty list would allow everything', () => {
  const conf = renderNatsConf({ port: 4222, storeDir: folder, users: users.filter(({ name }) => name === 'operator') });
  expect(conf).toContain('publish: { deny: [">"] }');
  expect(conf).not.toContain('allow: []');
});

test('a key that is not a public NKey never gets into the file', () => {
  const [user] = users;
  const bad = user ? [{ ...user, publicKey: '"} no_auth_user: x {' }] : [];
  expect(() => renderNatsConf({ port: 4222, storeDir: folder, users: bad })).toThrow(TypeError);
});

async function withNats(dir: string, use: (nats: Nats) => Promise<void>): Promise<void> {
  const nats = await startNats({ binary, dir, users });
  try {
    await use(nats);
  } finally {
    await nats.stop();
  }
}

test('starts with the streams, keeps them over kill -9, and lets no stranger in', async () => {
  const dir = join(folder, 'nats');
  const killed = await startNats({ binary, dir, users });
  await provisionStreams({ url: killed.url, seed: seedOf('provisioner') });
  process.kill(killed.pid, 'SIGKILL');
  expect((await killed.exited).signal).toBe('SIGKILL');

  await withNats(dir, async ({ url }) => {
    await provisionStreams({ url, seed: seedOf('provisioner') });
    const gateway = await connectGatewayBus({ url, user: 'gateway', seed: seedOf('gateway') });
    await gateway.bus.close();
    const stranger = connectBus({ url, user: 'gateway', seed: createBusIdentity().seed, connectTimeoutMs: 2_000 });
    await expect(stranger).rejects.toThrow();
  });
});

test('one that is still stopping on the same folder is waited for', async () => {
  const dir = join(folder, 'restarted');
  const first = await startNats({ binary, dir, users });
  const stopped = first.stop();
  await withNats(dir, async ({ pid }) => expect(pid).not.toBe(first.pid));
  await stopped;
});

test('a port that is taken is refused by name', async () => {
  await withNats(join(folder, 'first'), async ({ port }) => {
    const second = startNats({ binary, dir: join(folder, 'second'), users, port });
    await expect(second).rejects.toMatchObject({ reason: 'port-taken' });
  });
});

test('the locator takes no program that is too old, broken or missing, and says what to do', async () => {
  const old = join(folder, 'old-nats-server');
  await writeFile(old, '#!/bin/sh\necho nats-server: v2.9.10\n');
  await chmod(old, 0o755);
  const refusal = locateNatsServer({ configured: old, cacheDir });
  await expect(refusal).rejects.toMatchObject({ reason: 'not-found', message: expect.stringContaining('2.9.10') });
  await expect(locateNatsServer({ configured: join(folder, 'none'), cacheDir })).rejects.toThrow(/NATS_SERVER/);
  expect(await locateNatsServer({ configured: binary, cacheDir: folder })).toBe(binary);
});
