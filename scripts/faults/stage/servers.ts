// The servers of a stage: a PostgreSQL that fsyncs and a broker with the generated users, both killed and wiped at will.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createBusIdentity, provisionStreams } from '@switchboard/bus';
import { brokerUsers } from '@switchboard/contract';
import {
  type KeyedUser,
  locateNatsServer,
  type Nats,
  type Postgres,
  startNats,
  startPostgres,
} from '@switchboard/embedded';
import { type DatabaseUrls, newLogins, prepareDatabase } from '@switchboard/store';
import { projectRoot } from '../../start/settings.ts';

export interface KillableServer {
  readonly port: number;
  pid(): number;
  /** Resolves when it is gone; it stays away until `start`. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Resolves when it is gone, whoever ended it. */
  gone(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface Broker extends KillableServer {
  /** User → seed. */
  readonly seeds: Readonly<Record<string, string>>;
  /** What its log says of clients that did not read, each with its address. */
  slowConsumers(): readonly string[];
  /** While it is away: its disk is lost. */
  wipe(): Promise<void>;
}

export interface Database extends KillableServer {
  /** As the gateway comes in. */
  readonly roles: DatabaseUrls;
}

/** Reads the stream back when all is over; the product has no such user. */
const auditor = {
  name: 'auditor',
  account: 'SB',
  publish: ['$JS.API.>', '$JS.ACK.>'],
  subscribe: ['_INBOX.auditor.>'],
} as const;

export async function startBroker(folder: string, agents: readonly string[]): Promise<Broker> {
  const configured = process.env['NATS_SERVER'];
  const binary = await locateNatsServer({
    cacheDir: join(projectRoot, '.cache'),
    ...(configured === undefined ? {} : { configured }),
  });
  const seeds: Record<string, string> = {};
  const users: KeyedUser[] = [...brokerUsers(agents), auditor].map((user) => {
    const { seed, publicKey } = createBusIdentity();
    seeds[user.name] = seed;
    return { ...user, publicKey };
  });
  const slow: string[] = [];
  const onLog = (line: string): void => {
    if (/Slow Consumer/i.test(line)) slow.push(line);
  };
  async function start(port?: number): Promise<Nats> {
    const nats = await startNats({ binary, dir: folder, users, onLog, ...(port === undefined ? {} : { port }) });
    const provision = (): Promise<void> => provisionStreams({ url: nats.url, seed: seeds['provisioner'] ?? '' });
    // On a busy disk the first answers of a broker that recovers come late.
    await provision().catch(provision).catch(provision);
    return nats;
  }
  let nats = await start();
  return {
    port: nats.port,
    seeds,
    pid: () => nats.pid,
    slowConsumers: () => slow,
    async kill(signal = 'SIGKILL') {
      process.kill(nats.pid, signal);
      await nats.exited;
    },
    gone: async () => void (await nats.exited),
    wipe: () => rm(join(folder, 'jetstream'), { recursive: true, force: true }),
    async start() {
      nats = await start(nats.port);
    },
    stop: () => nats.stop(),
  };
}

const databaseName = 'switchboard';

export async function startDatabase(folder: string): Promise<Database> {
  const start = (port?: number): Promise<Postgres> =>
    startPostgres({
      dataDir: folder,
      settings: { max_connections: '100', shared_buffers: '64MB' },
      ...(port === undefined ? {} : { port }),
    });
  let postgres = await start();
  const { href } = Object.assign(new URL(postgres.url), { pathname: `/${databaseName}` });
  const roles = await prepareDatabase(href, newLogins('faults'));
  return {
    port: postgres.port,
    roles,
    pid: () => postgres.pid,
    /** SIGQUIT is PostgreSQL's immediate shutdown: no checkpoint, recovery at the next start. */
    async kill(signal = 'SIGQUIT') {
      process.kill(postgres.pid, signal);
      await postgres.exited;
    },
    gone: async () => void (await postgres.exited),
    async start() {
      postgres = await start(postgres.port);
    },
    stop: () => postgres.stop(),
  };
}
