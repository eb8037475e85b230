// An agent as a process on a real bus, with a gateway that is the test.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Bus, connectBus, createSigner, createSigningKeys } from '@switchboard/bus';
import type { Hello, Invoke } from '@switchboard/contract';
import { type GatewayAsks, gatewayAsks, type InvokeChanges, invokeMessage } from './gateway-asks.ts';
import { tempFolder } from './temp-folder.ts';
import { startTestNats } from './test-nats.ts';
import { waitUntil } from './wait-until.ts';

/** A process that starts on a busy machine. */
const helloMsMax = 60_000;

type Settings = Readonly<Record<string, string>>;

export interface AgentProcess {
  readonly child: ChildProcess;
  /** Exit code or signal, once it is gone. */
  readonly gone: Promise<number | string>;
  /** What it has written so far. */
  log(): string;
}

export interface AgentStage extends Omit<GatewayAsks, 'cancel'> {
  /** Its path; `dataDir` is in it. */
  readonly folder: string;
  readonly dataDir: string;
  readonly gateway: Bus;
  /** Of the process started last. Throws before it has said hello. */
  hello(): Hello;
  /** Starts it and waits for nothing, as for one that is to refuse its settings. */
  launch(env?: Settings): AgentProcess;
  /** Resolves when it has said hello. Rejects with what it wrote if it does not. */
  start(env?: Settings): Promise<AgentProcess>;
  /** The same message for as often as it is asked. Throws if the hello does not offer the skill. */
  message(skill: string, input: Invoke['input'], more?: InvokeChanges): Invoke;
  /** Kills what still runs and removes the folder. */
  close(): Promise<void>;
}

export interface AgentStageOptions {
  readonly agent: string;
  /** Path of its main.ts. */
  readonly program: string;
  /** Settings of each process besides those of the bus, given the stage's folder. */
  readonly env?: (folder: string) => Settings;
}

/** Gathers what it writes to the pipes it was given, and notices its end. */
export function watchProcess(child: ChildProcess): AgentProcess {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
    });
  }
  const gone = once(child, 'exit').then(([code, signal]: (number | string | null)[]) => code ?? signal ?? 'gone');
  return { child, gone, log: () => text };
}

/** A broker, a gateway's connection and a folder for this agent; no process runs yet. */
export async function openAgentStage({ agent, program, env = () => ({}) }: AgentStageOptions): Promise<AgentStage> {
  const nats = await startTestNats({ agents: [agent] });
  const folder = await tempFolder();
  const dataDir = join(folder.path, 'data');
  const keys = createSigningKeys();
  const gateway = await connectBus({ url: nats.url, user: 'gateway', seed: nats.identities['gateway'] ?? '' });
  const processes: AgentProcess[] = [];
  let heard: Hello | undefined;
  gateway.listen('hello', ({ message }) => {
    heard = message;
  });
  await gateway.flush();

  function hello(): Hello {
    if (heard === undefined) throw new Error(`${agent} has not said hello`);
    return heard;
  }

  function launch(more: Settings = {}): AgentProcess {
    const child = spawn(process.execPath, [program], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        NATS_URL: nats.url,
        BUS_SEED: nats.identities[agent] ?? '',
        GATEWAY_PUBLIC_KEY: keys.publicKey,
        DATA_DIR: dataDir,
        ...env(folder.path),
        ...more,
      },
    });
    const launched = watchProcess(child);
    processes.push(launched);
    return launched;
  }

  const { invoke, status, reconcile } = gatewayAsks(gateway, createSigner(keys.privateKey));
  return {
    folder: folder.path,
    dataDir,
    gateway,
    hello,
    launch,
    async start(more) {
      heard = undefined;
      const started = launch(more);
      await waitUntil(`${agent} says hello`, () => heard, helloMsMax).catch((cause: unknown) => {
        throw new Error(`${agent} has not said hello, but:\n${started.log()}`, { cause });
      });
      return started;
    },
    message(skill, input, more) {
      const offered = hello().skills.find(({ name }) => name === skill);
      if (offered === undefined) throw new Error(`${agent} does not offer ${skill}`);
      return invokeMessage(agent, offered, input, more);
    },
    invoke,
    status,
    reconcile,
    async close() {
      for (const { child } of processes) child.kill('SIGKILL');
      await Promise.all(processes.map(({ gone }) => gone));
      await gateway.close();
      await nats.stop();
      await folder.remove();
    },
  };
}
