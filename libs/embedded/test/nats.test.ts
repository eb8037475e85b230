// The embedded broker: configured from the subject map, closed to strangers, durable.
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  type BusIdentity,
  connectBus,
  connectGatewayBus,
  createBusIdentity,
  provisionStreams,
  reloadBroker,
} from '@switchboard/bus';
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

test('several servers that are one broker, and a user that has the file read again', async () => {
  const { publicKey: reloader } = createBusIdentity();
  const cluster = { serverName: 'one', host: '127.0.0.1', port: 6222, peers: ['two:6222'], password: 'known-to-all' };
  const conf = renderNatsConf({ port: 4222, host: '0.0.0.0', storeDir: folder, users, cluster, reloader });
  expect(await check('cluster.conf', conf)).toContain('is valid');
  expect(conf).toContain('routes: ["nats-route://servers:known-to-all@two:6222"]');
  expect(conf).toMatch(new RegExp(`SYS \\{\\s+users: \\[\\s+# reloader\\s+\\{ nkey: ${reloader}`));
  expect(conf).toContain('publish: { allow: ["$SYS.REQ.SERVER.PING", "$SYS.REQ.SERVER.*.RELOAD"] }');
});

test('who is in the file that is read again comes in, and who is not any more is out', async () => {
  const dir = join(folder, 'again');
  const { seed, publicKey: reloader } = createBusIdentity();
  const nats = await startNats({ binary, dir, users });
  try {
    const write = (some: readonly KeyedUser[]): Promise<void> =>
      writeFile(join(dir, 'nats.conf'), renderNatsConf({ port: nats.port, storeDir: dir, users: some, reloader }));
    await write(users);
    // The first time it is told by signal: the reloader itself is new.
    process.kill(nats.pid, 'SIGHUP');
    await until(() =>
      reloadBroker({ url: nats.url, seed }).then(
        () => true,
        () => false,
      ),
    );
    const states: boolean[] = [];
    const bus = await connectBus({
      url: nats.url,
      user: 'workstation',
      seed: seedOf('workstation'),
      onState: (connected) => states.push(connected),
    });
    await write(users.filter(({ name }) => name !== 'workstation'));
    await reloadBroker({ url: nats.url, seed });
    await until(async () => states.includes(false));
    await bus.close();
    await writeFile(join(dir, 'nats.conf'), 'accounts {');
    await expect(reloadBroker({ url: nats.url, seed })).rejects.toThrow(/the broker refuses its new configuration/);
  } finally {
    await nats.stop();
  }
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 100; tries > 0; tries--) {
    if (await holds()) return;
    await delay(100);
  }
  throw new Error('waited in vain');
}

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
