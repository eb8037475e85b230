// Starts sandbox.pl for one command and follows what it tells, whatever the sandbox is made of.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { SwitchboardError } from '@switchboard/contract';
import type { Ending, RunningCommand, SandboxRequest, Usage } from './sandbox.ts';

/** Perl is the one program on every Debian that can make any system call. */
const perl = '/usr/bin/perl';
const launcher = join(import.meta.dirname, 'sandbox.pl');

/** From the end of init to the end of all: it takes the kernel milliseconds, or something hangs in a device. */
const endMs = 2000;

export interface Launch {
  /** Of the sandbox: what sandbox.pl is to know beside the request. */
  readonly words: readonly string[];
  /** The whole environment of the command. */
  readonly environment: Readonly<Record<string, string>>;
  /** `init` is the process id of the process that started the command. */
  usage(init: string): Usage;
}

function parseEnding(line: string): Ending {
  const [word = '', ...rest] = line.split(' ');
  const number = Number(rest[0]);
  if (word === 'exit') return { kind: 'exit', code: number };
  if (word === 'signal') return { kind: 'signal', number };
  if (word === 'exec') return { kind: 'no-program', errno: number };
  if (word === 'folder') return { kind: 'no-folder' };
  return { kind: 'no-sandbox', why: rest.join(' ') };
}

interface Keeper {
  readonly child: ChildProcess;
  readonly control: Socket;
  readonly life: Socket;
  /** What perl itself complains of. */
  complaint(): string;
}

function startKeeper(words: readonly string[], env: Launch['environment']): Keeper {
  const child = spawn(perl, [launcher, ...words], {
    cwd: '/',
    env,
    // Out of the agent's session, so that no terminal and no Ctrl-C reaches it.
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
  });
  const [, , stderr, control, life] = child.stdio;
  if (!(control instanceof Socket) || !(life instanceof Socket)) throw new TypeError('no sockets to the sandbox');
  // Either end may be gone at any time, and then the other sees the end of it.
  control.on('error', () => {});
  life.on('error', () => {});
  let complaint = '';
  stderr?.on('data', (bytes: Buffer) => {
    complaint = (complaint + bytes.toString()).slice(0, 500);
  });
  return { child, control, life, complaint: () => complaint.trim() };
}

/** Opens the other end of a pipe of the keeper's: for the agent alone, and not blocking it. */
function openPipe(keeper: Keeper, descriptor: string | undefined, direction: 'read' | 'write'): Socket {
  const reads = direction === 'read';
  const flags = (reads ? constants.O_RDONLY : constants.O_WRONLY) | constants.O_NONBLOCK;
  const fd = openSync(`/proc/${keeper.child.pid}/fd/${descriptor}`, flags);
  return new Socket({ fd, readable: reads, writable: !reads });
}

function unavailable(why: string, cause?: unknown): SwitchboardError {
  return new SwitchboardError('unavailable', `There is no sandbox to run a command in: ${why}`, { cause });
}

/** Throws SwitchboardError `unavailable` when nothing could be started. */
export async function launchCommand(launch: Launch, request: SandboxRequest): Promise<RunningCommand> {
  const own = [
    `folder=${request.folder}`,
    `stdin=${request.stdin ? 1 : 0}`,
    `seconds=${Math.ceil(request.lifeMs / 1000)}`,
  ];
  const keeper = startKeeper([...launch.words, ...own, '--', ...request.argv], launch.environment);
  const { child, control, life } = keeper;
  const exited = once(child, 'exit').catch((error: unknown) => error);
  const lines = createInterface({ input: control })[Symbol.asyncIterator]();
  const first = String((await lines.next()).value ?? '');
  const [word, stdout, stderr, stdin] = first.split(' ');
  if (word !== 'pipes') {
    const failure = await exited;
    const why = failure instanceof Error ? failure.message : keeper.complaint() || first || 'it ended at once';
    throw unavailable(why, failure);
  }
  let init: string | undefined;
  try {
    const pipes = {
      stdout: openPipe(keeper, stdout, 'read'),
      stderr: openPipe(keeper, stderr, 'read'),
      stdin: openPipe(keeper, stdin, 'write'),
    };
    // One that stops reading, or is gone, misses the rest: that is its own business.
    pipes.stdin.on('error', () => {});
    if (!request.stdin) pipes.stdin.destroy();
    control.write('.');
    return { ...pipes, ended: end(), usage: () => (init === undefined ? undefined : launch.usage(init)), stop };
  } catch (error) {
    stop();
    throw unavailable('its pipes do not open', error);
  }

  function stop(): void {
    life.destroy();
  }

  async function end(): Promise<Ending> {
    let ending: Ending | undefined;
    for await (const line of lines) {
      if (line.startsWith('ready ')) init = line.slice('ready '.length);
      else ending ??= parseEnding(line);
    }
    const ready = init !== undefined;
    init = undefined;
    stop();
    const late = setTimeout(() => child.kill('SIGKILL'), endMs);
    await exited;
    clearTimeout(late);
    if (ending !== undefined) return ending;
    return ready
      ? { kind: 'signal', number: 9 }
      : { kind: 'no-sandbox', why: keeper.complaint() || 'it was ended before the command began' };
  }
}
