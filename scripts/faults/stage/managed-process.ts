// One process of the system under test: killed, stopped and continued at will, and started again whenever it is gone.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { dieWithParent } from '@switchboard/embedded';

const pauseMs = 150;
/** A setting that cannot be used: starting again would not help. */
const unusable = 78;

export interface Death {
  readonly at: number;
  readonly name: string;
  readonly how: string;
  /** False when it ended by itself. */
  readonly wanted: boolean;
}

export interface ProcessSpec {
  readonly name: string;
  readonly entry: string;
  /** Put before the command line. */
  readonly prefix: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
  readonly onDeath: (death: Death) => void;
}

export interface ManagedProcess {
  readonly name: string;
  /** Undefined when there is none at this moment. */
  pid(): number | undefined;
  /** Resolves when the process of this moment, or the next one, says that it is ready. */
  ready(): Promise<void>;
  /** Resolves when it is gone; it is started again, unless it is held. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** SIGSTOP and SIGCONT. */
  pause(): void;
  resume(): void;
  /** Told over the channel between parent and child. */
  order(message: object): void;
  /** From the next start on. */
  setEnv(env: Readonly<Record<string, string>>): void;
  /** False: a death is not followed by a start, until it is true again. */
  keep(kept: boolean): void;
  /** Kills it for good. */
  stop(): Promise<void>;
}

export function manageProcess(spec: ProcessSpec): ManagedProcess {
  let child: ChildProcess | undefined;
  let gone: Promise<unknown> = Promise.resolve();
  let ready = Promise.withResolvers<void>();
  let extra: Readonly<Record<string, string>> = {};
  let stopping = false;
  let kept = true;
  let wanted = false;
  let wake = (): void => {};

  async function runOnce(): Promise<number | null> {
    const log = openSync(spec.logFile, 'a');
    const [file = '', ...args] = dieWithParent('SIGKILL', [...spec.prefix, process.execPath, spec.entry]);
    child = spawn(file, args, { env: { ...spec.env, ...extra }, stdio: ['ignore', log, log, 'ipc'] });
    closeSync(log);
    child.once('message', () => ready.resolve());
    // Whoever tells a process that is just dying is not heard, and that is all.
    child.on('error', () => {});
    gone = once(child, 'exit');
    const [code, signal] = (await gone) as [number | null, string | null];
    ready.resolve();
    ready = Promise.withResolvers();
    spec.onDeath({ at: Date.now(), name: spec.name, how: signal ?? `exit ${code}`, wanted });
    wanted = false;
    return code;
  }

  async function run(): Promise<void> {
    while (!stopping) {
      if (kept && (await runOnce()) === unusable) throw new Error(`${spec.name}: see ${spec.logFile}`);
      const woken = new AbortController();
      wake = () => woken.abort();
      if (!stopping) await delay(kept ? pauseMs : 2 ** 30, undefined, { signal: woken.signal }).catch(() => {});
    }
  }

  const running = run();
  running.catch((error: unknown) => ready.reject(error));
  return {
    name: spec.name,
    pid: () => (child?.exitCode === null && child.signalCode === null ? child.pid : undefined),
    ready: () => ready.promise,
    async kill(signal = 'SIGKILL') {
      if (child?.exitCode !== null || child.signalCode !== null) return;
      wanted = true;
      child.kill(signal);
      await gone;
    },
    pause: () => child?.kill('SIGSTOP'),
    resume: () => child?.kill('SIGCONT'),
    order(message) {
      if (child?.connected) child.send(message, () => {});
    },
    setEnv(env) {
      extra = env;
    },
    keep(now) {
      kept = now;
      if (now) wake();
    },
    async stop() {
      stopping = true;
      wake();
      child?.kill('SIGKILL');
      await running.catch(() => {});
    },
  };
}
