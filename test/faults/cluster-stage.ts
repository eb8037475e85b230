// Three nats-servers that are one broker, two gateways, a router and the workstation, as processes: each can be killed.
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createBusIdentity, createSigningKeys, provisionStreams } from '@switchboard/bus';
import { brokerUsers, scopes } from '@switchboard/contract';
import { type KeyedUser, locateNatsServer, type Nats, onFreePort, startNats } from '@switchboard/embedded';
import { mintKey, openStore } from '@switchboard/store';
import { freshDatabase, projectRoot, type TestDatabase, tempFolder } from '@switchboard/testkit';
import { type Client, connect } from '../../scripts/client/client.ts';
import { type ManagedProcess, manageProcess } from '../../scripts/faults/stage/managed-process.ts';

const servers = 3;
/** Reads the stream back when all is over; the product has no such user. */
const auditor = {
  name: 'auditor',
  account: 'SB',
  publish: ['$JS.API.>', '$JS.ACK.>'],
  subscribe: ['_INBOX.auditor.>'],
} as const;

const freePort = (): Promise<number> => onFreePort(undefined, async (port) => port);

export interface Server {
  kill(): Promise<void>;
  start(): Promise<void>;
}

export interface ClusterStage {
  readonly urls: string;
  readonly auditorSeed: string;
  readonly servers: readonly Server[];
  readonly gateways: readonly (ManagedProcess & { readonly client: Client })[];
  readonly database: TestDatabase;
  readonly workspace: string;
  close(): Promise<void>;
}

async function startCluster(folder: string, users: readonly KeyedUser[]): Promise<{ urls: string; servers: Server[] }> {
  const configured = process.env['NATS_SERVER'];
  const cacheDir = join(projectRoot, '.cache');
  const binary = await locateNatsServer({ cacheDir, ...(configured === undefined ? {} : { configured }) });
  const ports = await Promise.all(Array.from({ length: servers * 2 }, freePort));
  const password = randomBytes(16).toString('hex');
  const peers = ports.slice(servers).map((port) => `127.0.0.1:${port}`);
  const start = (index: number): Promise<Nats> =>
    startNats({
      binary,
      users,
      dir: join(folder, `nats-${index + 1}`),
      port: ports[index] ?? 0,
      cluster: {
        serverName: `nats-${index + 1}`,
        host: '127.0.0.1',
        port: ports[servers + index] ?? 0,
        peers,
        password,
      },
    });
  const running = await Promise.all(Array.from({ length: servers }, (_, index) => start(index)));
  return {
    urls: running.map(({ url }) => url).join(','),
    servers: running.map((_, index) => ({
      async kill() {
        process.kill(running[index]?.pid ?? 0, 'SIGKILL');
        await running[index]?.exited;
      },
      async start() {
        running[index] = await start(index);
      },
    })),
  };
}

async function makeOwner(database: TestDatabase): Promise<string> {
  const { id, key, hash } = mintKey('cluster');
  const store = openStore({ ...database.roles, connectionsMax: 1 });
  await store.keys.ensure({ id, hash, scopes, principal: { id: randomUUID(), name: 'owner' } });
  await store.close();
  return key;
}

export async function openClusterStage(): Promise<ClusterStage> {
  const folder = await tempFolder();
  const database = await freshDatabase();
  const seeds: Record<string, string> = {};
  const users: KeyedUser[] = [...brokerUsers(['workstation']), auditor].map((user) => {
    const { seed, publicKey } = createBusIdentity();
    seeds[user.name] = seed;
    return { ...user, publicKey };
  });
  const cluster = await startCluster(folder.path, users);
  await provisionStreams({ url: cluster.urls, seed: seeds['provisioner'] ?? '', replicas: servers });
  const key = await makeOwner(database);
  const signing = createSigningKeys();
  const workspace = join(folder.path, 'workspace');
  await mkdir(workspace);

  const start = (name: string, user: string, entry: string, env: Record<string, string>): ManagedProcess =>
    manageProcess({
      name,
      entry: join(projectRoot, 'services', entry, 'src/main.ts'),
      prefix: [],
      logFile: join(folder.path, `${name}.log`),
      onDeath: () => {},
      env: {
        PATH: process.env['PATH'] ?? '',
        NODE_COMPILE_CACHE: join(projectRoot, '.cache', 'compile'),
        NATS_URL: cluster.urls,
        BUS_SEED: seeds[user] ?? '',
        ...env,
      },
    });
  const gateways = await Promise.all(
    [1, 2].map(async (number) => {
      const port = await freePort();
      const made = { DATABASE_URL: database.roles.url, WORK_DATABASE_URL: database.roles.workUrl };
      const env = { ...made, SIGNING_KEY: signing.privateKey, PORT: String(port) };
      const managed = start(`gateway-${number}`, 'gateway', 'gateway', env);
      return { ...managed, client: connect(`http://127.0.0.1:${port}`, key) };
    }),
  );
  const agentEnv = { GATEWAY_PUBLIC_KEY: signing.publicKey, DATA_DIR: join(folder.path, 'data'), WORKSPACE: workspace };
  const others = [
    start('router', 'router', 'router', {}),
    start('workstation', 'workstation', 'agent-workstation', agentEnv),
  ];
  await Promise.all(gateways.map(({ client }) => client.waitUntilReady(['workstation'], 60_000)));
  return {
    ...cluster,
    auditorSeed: seeds['auditor'] ?? '',
    gateways,
    database,
    workspace,
    async close() {
      await Promise.all([...gateways, ...others].map((managed) => managed.stop()));
      await Promise.all(cluster.servers.map((server) => server.kill().catch(() => {})));
      await database.drop();
      await folder.remove();
    },
  };
}
