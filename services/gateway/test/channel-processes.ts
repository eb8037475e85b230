// Gateways and an agent with a channel as processes that die and are started again, over a real broker and database.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { connectBus, createSigningKeys } from '@switchboard/bus';
import { type InboundReply, type MessageOf, type RouteDecision, scopes } from '@switchboard/contract';
import { type DeliveryRow, mintKey, openStore, type Store } from '@switchboard/store';
import { freshDatabase, startTestNats, tempFolder, waitUntil } from '@switchboard/testkit';
import { freePort } from '@switchboard/testkit/start-system';
import { v7 as uuid } from 'uuid';
import { z } from 'zod';
import { type Outbox, outboxAt } from './channel-agent.ts';
import { messageOf, routeOf } from './channel-stage.ts';
import { agentName } from './fixture.ts';

type Message = MessageOf<'inbound'>;
type Env = Readonly<Record<string, string>>;

export interface Kept {
  /** How often it has ended by itself. */
  deaths(): number;
  /** Ends it as a power cut would; it is started again unless `keep` is false. */
  kill(): Promise<void>;
  /** Whether it is started again when it ends. */
  keep(on: boolean): void;
  stop(): Promise<void>;
}

export interface ChannelProcesses {
  readonly outbox: Outbox;
  readonly store: Store;
  readonly folder: string;
  /** On the port that the API is asked at, unless PORT is given. */
  startGateway(env?: Env): Promise<Kept>;
  startAgent(env?: Env): Promise<Kept>;
  link(address: string): Promise<void>;
  /** Puts a message into the mailbox: it stays there until the gateway has it. Resolves with what came of it. */
  write(address: string, text: string, more?: Partial<Message>): Promise<InboundReply['outcome']>;
  deliveriesTo(address: string): Promise<DeliveryRow[]>;
  close(): Promise<void>;
}

const toldSchema = z.union([
  z.object({ open: z.literal(true) }),
  z.object({ brought: z.string(), outcome: z.enum(['accepted', 'answered', 'linked', 'refused', 'unknown']) }),
  z.object({ ready: z.string() }),
]);

interface KeptOptions {
  readonly program: string;
  readonly env: Env;
  readonly onTold?: (told: z.infer<typeof toldSchema>, child: ChildProcess) => void;
}

/** Resolves when it is ready; ready again after each death. */
async function keepProcess({ program, env, onTold }: KeptOptions): Promise<Kept> {
  let kept = true;
  let deaths = 0;
  let child: ChildProcess;
  const run = async (): Promise<void> => {
    const one = spawn(process.execPath, [join(import.meta.dirname, program)], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: { PATH: process.env['PATH'], LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'silent', ...env },
    });
    child = one;
    const { promise: ready, resolve } = Promise.withResolvers<void>();
    one.on('message', (message) => {
      const told = toldSchema.parse(message);
      if ('ready' in told) resolve();
      onTold?.(told, one);
    });
    one.once('exit', () => {
      deaths += 1;
      resolve();
      if (kept) void run();
    });
    await ready;
  };
  await run();
  const end = async (): Promise<void> => {
    const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
    child.kill('SIGKILL');
    await ended;
  };
  return {
    deaths: () => deaths,
    kill: end,
    keep(on) {
      if (on && !kept && (child.exitCode !== null || child.signalCode !== null)) void run();
      kept = on;
    },
    async stop() {
      kept = false;
      await end();
    },
  };
}

export async function channelProcesses(): Promise<ChannelProcesses> {
  const [nats, database, folder] = await Promise.all([
    startTestNats({ agents: [agentName] }),
    freshDatabase(),
    tempFolder(),
  ]);
  const seedOf = (user: string): string => nats.identities[user] ?? '';
  const keys = createSigningKeys();
  const { id, key, hash } = mintKey('test');
  const store = openStore({ ...database.roles, connectionsMax: 2 });
  await store.keys.ensure({ id, hash, scopes, principal: { id: uuid(), name: 'owner' } });
  const router = await connectBus({ url: nats.url, user: 'router', seed: seedOf('router') });
  router.respond('route', async ({ message: { text } }): Promise<RouteDecision> => routeOf(text));
  await router.flush();

  const outbox = outboxAt(join(folder.path, 'outbox'));
  const port = await freePort();
  const kept: Kept[] = [];
  const unread = new Map<string, { message: Message; taken: (outcome: InboundReply['outcome']) => void }>();
  let mouth: ChildProcess | undefined;

  const write: ChannelProcesses['write'] = (address, text, more) => {
    const message = messageOf(address, text, more);
    const { promise, resolve } = Promise.withResolvers<InboundReply['outcome']>();
    unread.set(message.messageId, { message, taken: resolve });
    if (mouth?.connected) mouth.send(message);
    return promise;
  };
  const deliveriesTo: ChannelProcesses['deliveriesTo'] = async (address) =>
    (await store.work.deliveries.list(200, {})).filter((row) => row.address === address).reverse();

  return {
    outbox,
    store,
    folder: folder.path,
    write,
    deliveriesTo,
    async startGateway(env = {}) {
      const gateway = await keepProcess({
        program: '../src/main.ts',
        env: {
          DATABASE_URL: database.roles.url,
          WORK_DATABASE_URL: database.roles.workUrl,
          NATS_URL: nats.url,
          BUS_SEED: seedOf('gateway'),
          SIGNING_KEY: keys.privateKey,
          PORT: String(env['PORT'] ?? port),
          LEASE_MS: '1000',
          ...env,
        },
      });
      kept.push(gateway);
      return gateway;
    },
    async startAgent(env = {}) {
      const agent = await keepProcess({
        program: 'channel-agent-process.ts',
        env: {
          AGENT: agentName,
          NATS_URL: nats.url,
          BUS_SEED: seedOf(agentName),
          GATEWAY_PUBLIC_KEY: keys.publicKey,
          DATA_DIR: join(folder.path, 'data'),
          OUTBOX: join(folder.path, 'outbox'),
          ...env,
        },
        onTold(told, child) {
          if ('open' in told) {
            mouth = child;
            for (const { message } of unread.values()) child.send(message);
          }
          if ('brought' in told) {
            unread.get(told.brought)?.taken(told.outcome);
            unread.delete(told.brought);
          }
        },
      });
      kept.push(agent);
      return agent;
    },
    async link(address) {
      // One that has just died is on its way back.
      const answers = () =>
        fetch(`http://127.0.0.1:${port}/healthz`).then(
          ({ ok }) => ok,
          () => false,
        );
      await waitUntil('a gateway', answers, 30_000);
      const response = await fetch(`http://127.0.0.1:${port}/v1/identities`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ channel: 'mail', address }),
      });
      const { code } = z.object({ code: z.string() }).parse(await response.json());
      await write(address, code, { thread: 'links' });
      await waitUntil('the confirmation', () => outbox.sent().some((sent) => sent.address === address), 30_000);
    },
    async close() {
      await Promise.all(kept.map((one) => one.stop()));
      await Promise.all([router.close(), store.close()]);
      await Promise.all([nats.stop(), database.drop(), folder.remove()]);
    },
  };
}
