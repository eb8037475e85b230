// The sandbox of kernel namespaces: starts sandbox.pl and follows what it tells.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { SwitchboardError } from '@switchboard/contract';
import type { ShellLimits } from './limits.ts';
import { namespaceUsage } from './namespace-usage.ts';
import type { Ending, RunningCommand, Sandbox, SandboxRequest } from './sandbox.ts';
import { isMachine, systemCallFilter } from './system-call-filter.ts';

/** Perl is the one program on every Debian that can make any system call. */
const perl = '/usr/bin/perl';
const launcher = join(import.meta.dirname, 'sandbox.pl');

/** The whole environment of a command. */
const environment = {
  PATH: '/opt/switchboard/bin:/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin',
  HOME: '/tmp/home',
  TMPDIR: '/tmp',
  LANG: 'C.UTF-8',
};

/** A command gives way to the services beside it. */
const niceness = 5;
/** From the end of init to the end of all: it takes the kernel milliseconds, or something hangs in a device. */
const endMs = 2000;
/** Numbers of getrlimit(2) resources, the same on every processor that system-call-filter knows. */
const resources = { fileBytes: 1, dataBytes: 2, coreBytes: 4, tasks: 6, openFiles: 7 };

export interface NamespaceSandboxOptions {
  readonly workspace: string;
  /** The program that runs JavaScript in the sandbox. */
  readonly node: string;
  /** Folders that are not seen even where a folder that programs need holds them. */
  readonly hidden: readonly string[];
  readonly limits: ShellLimits;
}

function limitWords(limits: ShellLimits): string[] {
  return [
    [resources.fileBytes, limits.fileBytesMax],
    [resources.dataBytes, limits.memoryBytesMax],
    [resources.coreBytes, 0],
    // Above what the agent stops it at: a fork bomb is to be ended, not to run against a wall until its time is over.
    [resources.tasks, 2 * limits.tasksMax],
    [resources.openFiles, limits.openFilesMax],
  ].map(([resource, most]) => `limit=${resource}:${most}`);
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

function startKeeper(words: readonly string[]): Keeper {
  const child = spawn(perl, [launcher, ...words], {
    cwd: '/',
    env: environment,
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

/** Throws TypeError on a machine whose system calls are not known. */
export function createNamespaceSandbox(options: NamespaceSandboxOptions): Sandbox {
  if (process.platform !== 'linux' || !isMachine(process.arch)) {
    throw new TypeError(`no sandbox is known for ${process.platform} on ${process.arch}`);
  }
  const fixed = [
    `machine=${process.arch}`,
    `workspace=${options.workspace}`,
    `node=${options.node}`,
    `nice=${niceness}`,
    `tmp=${options.limits.temporaryBytesMax}`,
    `filter=${systemCallFilter(process.arch).toString('hex')}`,
    ...limitWords(options.limits),
    ...options.hidden.map((folder) => `hidden=${folder}`),
  ];
  return {
    async start(request) {
      const own = [
        `folder=${request.folder}`,
        `stdin=${request.stdin ? 1 : 0}`,
        `seconds=${Math.ceil(request.lifeMs / 1000)}`,
      ];
      const keeper = startKeeper([...fixed, ...own, '--', ...request.argv]);
      return await follow(keeper, request);
    },
  };
}

async function follow(keeper: Keeper, request: SandboxRequest): Promise<RunningCommand> {
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
    return { ...pipes, ended: end(), usage: () => (init === undefined ? undefined : namespaceUsage(init)), stop };
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
