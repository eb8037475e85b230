// The messenger as a process on a real bus, with a mailbox, an SMTP server, and a gateway that is this test.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUIDv7 } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Bus, connectBus, createSigner, createSigningKeys } from '@switchboard/bus';
import {
  type Hello,
  hashJson,
  type Invoke,
  type InvokeReply,
  invocationId,
  type MessageOf,
} from '@switchboard/contract';
import { startTestNats, tempFolder, waitUntil } from '@switchboard/testkit';
import { type Dovecot, startDovecot } from '@switchboard/testkit/peers/dovecot';
import { type Smtp, startSmtp } from '@switchboard/testkit/peers/smtp';

const program = join(import.meta.dirname, '../src/main.ts');
const agent = 'messenger';
const password = 'open-sesame';
const address = 'home@example.org';
const helloMsMax = 20_000;

export interface Messenger {
  readonly child: ChildProcess;
  /** Resolves when it is gone, with the signal that ended it. */
  readonly gone: Promise<NodeJS.Signals | null>;
  log(): string;
}

export interface Stage {
  readonly imap: Dovecot;
  readonly smtp: Smtp;
  readonly dataDir: string;
  readonly user: string;
  /** What was brought in, again and again if need be. */
  readonly brought: readonly MessageOf<'inbound'>[];
  readonly gateway: Bus;
  /** Resolves when it has said hello. */
  start(env?: Readonly<Record<string, string>>): Promise<Messenger>;
  /** The same message for a skill, for as often as it is asked. */
  message(skill: string, input: Record<string, unknown>): Invoke;
  invoke(message: Invoke): Promise<InvokeReply>;
  status(message: Invoke): Promise<string>;
  reconcile(message: Invoke): Promise<string>;
  close(): Promise<void>;
}

export async function openStage(): Promise<Stage> {
  const folder = await tempFolder();
  const [nats, imap, smtp] = await Promise.all([
    startTestNats({ agents: [agent] }),
    startDovecot({ password }),
    startSmtp({ password }),
  ]);
  const keys = createSigningKeys();
  const signer = createSigner(keys.privateKey);
  const gateway = await connectBus({ url: nats.url, user: 'gateway', seed: nats.identities['gateway'] ?? '' });
  const brought: MessageOf<'inbound'>[] = [];
  const running = new Set<Messenger>();
  const dataDir = join(folder.path, 'data');
  let hello: Hello | undefined;
  gateway.listen('hello', ({ message }) => {
    hello = message;
  });
  gateway.respond('inbound', async ({ message }) => {
    brought.push(message);
    return { v: 1 as const, outcome: 'accepted' as const, text: '' };
  });
  await gateway.flush();

  const asked = { replier: agent, timeoutMs: 30_000 };
  return {
    imap,
    smtp,
    dataDir,
    user: 'home',
    brought,
    gateway,
    async start(env = {}) {
      hello = undefined;
      const child = spawn(process.execPath, [program], {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          PATH: process.env['PATH'],
          NATS_URL: nats.url,
          BUS_SEED: nats.identities[agent] ?? '',
          GATEWAY_PUBLIC_KEY: keys.publicKey,
          DATA_DIR: dataDir,
          IMAP_URL: `imap://127.0.0.1:${imap.port}?tls=no`,
          SMTP_URL: `smtp://127.0.0.1:${smtp.port}?tls=no`,
          MAIL_ADDRESS: address,
          MAIL_USER: 'home',
          MAIL_PASSWORD: password,
          MAIL_ALLOW_FROM: '*',
          ...env,
        },
      });
      let text = '';
      for (const stream of [child.stdout, child.stderr]) {
        stream?.setEncoding('utf8').on('data', (piece: string) => {
          text += piece;
        });
      }
      const gone = once(child, 'exit').then(([, signal]: NodeJS.Signals[]) => signal ?? null);
      const messenger = { child, gone, log: () => text };
      running.add(messenger);
      await waitUntil('a hello', () => hello, helloMsMax);
      return messenger;
    },
    message(skill, input) {
      const turn = randomUUIDv7();
      const { contractHash = '', effects = [] } = hello?.skills.find(({ name }) => name === skill) ?? {};
      return {
        v: 1,
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
        policy: { decision: 'allow', rule: 'of-the-test', trust: 'trusted', effects },
        deadline: new Date(Date.now() + 60_000).toISOString(),
      };
    },
    invoke: (message) => gateway.request('invoke', { agent, skill: message.skill }, message, { ...asked, signer }),
    async status({ id }) {
      return (await gateway.request('status', { agent }, { v: 1, id }, asked)).state;
    },
    async reconcile(message) {
      return (await gateway.request('reconcile', { agent }, { ...message, reconcile: true }, { ...asked, signer }))
        .state;
    },
    async close() {
      for (const { child, gone } of running) {
        child.kill('SIGKILL');
        await gone;
      }
      await gateway.close();
      await Promise.all([smtp.stop(), imap.stop(), nats.stop()]);
      await folder.remove();
    },
  };
}
