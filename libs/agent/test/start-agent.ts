// Starts agent processes against a broker, and talks to them as the gateway does.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Bus, connectBus, createSigner, createSigningKeys, type Signer } from '@switchboard/bus';
import type { Invoke, InvokeReply, ReconcileReply, ReplyOf, StatusReply } from '@switchboard/contract';
import { startTestNats, type TempFolder, type TestNats, tempFolder } from '@switchboard/testkit';
import { agentName, reconciling } from './invocations.ts';
import { type World, worldAt } from './test-skills.ts';

const program = join(import.meta.dirname, 'agent-process.ts');

export interface AgentProcess {
  readonly child: ChildProcess;
  /** Exit code or signal, once it is gone. */
  readonly gone: Promise<number | string>;
  /** What it has written so far. */
  log(): string;
}

export interface AgentBench {
  readonly nats: TestNats;
  readonly folder: TempFolder;
  readonly world: World;
  readonly gateway: Bus;
  readonly signer: Signer;
  /** Resolves when it takes invocations, or has ended. AGENT says which of the bench's agents it is. */
  start(env?: Readonly<Record<string, string>>, under?: [string, ...string[]]): Promise<AgentProcess>;
  invoke(message: Invoke, signer?: Signer): Promise<InvokeReply>;
  status(message: Invoke): Promise<StatusReply>;
  cancel(message: Invoke): Promise<ReplyOf<'cancel'>>;
  reconcile(message: Invoke): Promise<ReconcileReply>;
  stop(): Promise<void>;
}

async function watch(child: ChildProcess): Promise<AgentProcess> {
  let text = '';
  child.stderr?.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  const gone = once(child, 'exit').then(([code, signal]: (number | string | null)[]) => code ?? signal ?? 'gone');
  await Promise.race([once(child, 'message'), gone]);
  return { child, gone, log: () => text };
}

/** A broker, a gateway's connection, and a folder for the agents; everything ends with `stop`. */
export async function agentBench(agents: readonly string[] = [agentName]): Promise<AgentBench> {
  const nats = await startTestNats({ agents });
  const folder = await tempFolder();
  const keys = createSigningKeys();
  const signer = createSigner(keys.privateKey);
  const seedOf = (user: string): string => nats.identities[user] ?? '';
  const gateway = await connectBus({
    url: nats.url,
    user: 'gateway',
    seed: seedOf('gateway'),
    onState: (connected) => connected && gateway.publish('who', {}, { v: 1 }),
  });
  const children: AgentProcess[] = [];
  const worldPath = join(folder.path, 'world');
  const timing = (agent: string) => ({ timeoutMs: 20_000, replier: agent });
  return {
    nats,
    folder,
    gateway,
    signer,
    world: worldAt(worldPath),
    async start(env = {}, under) {
      const [command, ...args]: [string, ...string[]] = under ? [...under, process.execPath] : [process.execPath];
      const child = spawn(command, [...args, program], {
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
        env: {
          PATH: process.env['PATH'],
          NODE_COMPILE_CACHE: join(folder.path, 'compiled'),
          NATS_URL: nats.url,
          AGENT: agentName,
          BUS_SEED: seedOf(env['AGENT'] ?? agentName),
          GATEWAY_PUBLIC_KEY: keys.publicKey,
          DATA_DIR: join(folder.path, 'data'),
          WORLD: worldPath,
          ...env,
        },
      });
      const made = await watch(child);
      children.push(made);
      return made;
    },
    invoke: (message, by = signer) =>
      gateway.request('invoke', message, message, { ...timing(message.agent), signer: by }),
    status: ({ agent, id }) => gateway.request('status', { agent }, { v: 1, id }, timing(agent)),
    cancel: ({ agent, id }) => gateway.request('cancel', { agent }, { v: 1, id }, timing(agent)),
    reconcile: (message) =>
      gateway.request('reconcile', message, reconciling(message), { ...timing(message.agent), signer }),
    async stop() {
      for (const { child } of children) child.kill('SIGKILL');
      await Promise.all(children.map(({ gone }) => gone));
      await gateway.close();
      await nats.stop();
      await folder.remove();
    },
  };
}
