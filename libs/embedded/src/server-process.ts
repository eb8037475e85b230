// A server as a child process: started until it says that it is ready, watched, and stopped step by step.
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import { StartError } from './start-error.ts';

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ServerProcess {
  readonly pid: number;
  /** Settles when the process is gone, for whatever reason; never rejects. */
  readonly exited: Promise<Exit>;
  /** Resolves when it is gone. May be called again, also after it ended by itself. */
  stop(): Promise<void>;
}

export interface ServerCommand {
  /** As people call it; used in errors. */
  readonly name: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** The line on stderr that means that clients can come. */
  readonly ready: RegExp;
  readonly readyMsMax: number;
  /** Sent one after another, each with the time it has to work, in milliseconds; then SIGKILL. */
  readonly stopSignals: readonly (readonly [NodeJS.Signals, number])[];
  /** Every line of the server's log. */
  readonly onLog?: ((line: string) => void) | undefined;
}

const linesKept = 20;

/** `exit` is when the process is gone; `close` is later, when those that inherited its log are gone too. */
function whenGone(child: ChildProcess, event: 'exit' | 'close'): Promise<Exit> {
  return new Promise((resolve) => {
    child.once(event, (code: number | null, signal: NodeJS.Signals | null) => resolve({ code, signal }));
  });
}

function within(promise: Promise<unknown>, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), ms);
    void promise.then(() => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}

async function stop(child: ChildProcess, exited: Promise<Exit>, signals: ServerCommand['stopSignals']): Promise<void> {
  for (const [signal, ms] of signals) {
    child.kill(signal);
    if (await within(exited, ms)) return;
  }
  child.kill('SIGKILL');
  await exited;
}

function failure(command: ServerCommand, why: string, lines: readonly string[]): StartError {
  const text = lines.join('\n');
  if (/address already in use/i.test(text)) {
    return new StartError('port-taken', `${command.name}: the port is in use by another program`);
  }
  return new StartError('failed', `${command.name} ${why}${text === '' ? '' : `:\n${text}`}`);
}

/** Resolves to undefined when the server is ready, else to why it is not. */
function waitUntilReady(command: ServerCommand, child: ChildProcess, log: Interface): Promise<string | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(`was not ready in ${command.readyMsMax} ms`), command.readyMsMax);
    const settle = (why?: string) => {
      clearTimeout(timer);
      resolve(why);
    };
    child.once('error', (error) => settle(`could not be run (${error.message})`));
    child.once('close', (code, signal) => settle(`ended before it was ready (${signal ?? `exit code ${code}`})`));
    log.on('line', (line) => {
      if (command.ready.test(line)) settle();
    });
  });
}

/**
 * Throws StartError when the process ends, or is not ready in time; it is gone then. In a session of its own, so that
 * Ctrl-C in a terminal reaches only us, and we end things in order.
 */
export async function startServer(command: ServerCommand): Promise<ServerProcess> {
  const [file = '', ...args] = command.argv;
  const child = spawn(file, args, {
    cwd: command.cwd,
    env: command.env,
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  const exited = whenGone(child, 'exit');
  const closed = whenGone(child, 'close');
  const lines: string[] = [];
  const log = createInterface({ input: child.stderr }).on('line', (line) => {
    if (lines.push(line) > linesKept) lines.shift();
    command.onLog?.(line);
  });
  const why = await waitUntilReady(command, child, log);
  const { pid } = child;
  if (why !== undefined || pid === undefined) {
    child.kill('SIGKILL');
    if (pid !== undefined) await closed;
    throw failure(command, why ?? 'could not be run', lines);
  }
  let stopping: Promise<void> | undefined;
  return {
    pid,
    exited,
    stop() {
      stopping ??= stop(child, exited, command.stopSignals);
      return stopping;
    },
  };
}
