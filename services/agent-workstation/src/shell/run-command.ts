// Runs one command in a sandbox within its limits, and tells how it went.
import { constants } from 'node:os';
import { type CommandResult, SkillError, SwitchboardError } from '@switchboard/contract';
import { captureOutput } from './captured-output.ts';
import type { ShellLimits } from './limits.ts';
import type { Ending, RunningCommand, Sandbox } from './sandbox.ts';
import { watchCommand } from './watch-command.ts';

/** Beyond its time, until the sandbox ends it without the agent. */
const graceMs = 5000;
/** Nobody writes any more once all has ended: a pipe that is still open then hangs in a device. */
const drainMs = 1000;

export interface CommandRequest {
  readonly argv: readonly string[];
  readonly folder: string;
  readonly stdin: string | undefined;
  readonly timeoutMs: number;
  /** Kept of each output. */
  readonly outputBytesMax: number;
}

/** However far it had come: what was stopped has not ended by itself. */
const killed = { exitCode: undefined, signal: 'SIGKILL' } as const;

type Stopped = NonNullable<CommandResult['stopped']>;

/**
 * Resolves once nothing of it runs any more. Rejects with the signal's reason when that ended it, and with SkillError
 * `not-found`, `not-allowed`, `too-large` or `not-folder`, or SwitchboardError `unavailable`, when nothing was run.
 */
export async function runCommand(
  request: CommandRequest,
  context: { sandbox: Sandbox; limits: ShellLimits; signal: AbortSignal },
): Promise<CommandResult> {
  const { sandbox, limits, signal } = context;
  const { argv, folder, stdin, timeoutMs, outputBytesMax } = request;
  signal.throwIfAborted();
  const startedAt = performance.now();
  const lifeMs = timeoutMs + graceMs;
  const command = await sandbox.start({ argv, folder, stdin: stdin !== undefined, lifeMs });
  let stopped: Stopped | undefined;
  const stop = (why: Stopped): void => {
    stopped ??= why;
    command.stop();
  };

  const countOutput = (): void => {
    if (stdout.total() + stderr.total() > limits.outputBytesMax) stop('output');
  };
  const stdout = captureOutput(command.stdout, outputBytesMax, countOutput);
  const stderr = captureOutput(command.stderr, outputBytesMax, countOutput);
  if (stdin !== undefined) command.stdin.end(stdin);

  const over = new AbortController();
  const timer = setTimeout(stop, Math.max(0, timeoutMs - (performance.now() - startedAt)), 'time');
  const cancel = (): void => command.stop();
  signal.addEventListener('abort', cancel, { once: true });
  if (signal.aborted) cancel();
  const watched = watchCommand(command, sandbox.disks, limits, over.signal).then((excess) => {
    if (excess !== undefined) stop(excess);
  });
  try {
    // A watch that fails leaves the command without limits, so it ends too.
    const ending = await Promise.race([command.ended, watched.then(() => command.ended)]);
    clearTimeout(timer);
    await drain(command, [stdout.closed, stderr.closed]);
    signal.throwIfAborted();
    return {
      ...(stopped === undefined ? howItEnded(ending, argv[0] ?? '', folder) : killed),
      stopped,
      stdout: stdout.bytes(),
      stderr: stderr.bytes(),
      stdoutBytes: stdout.total(),
      stderrBytes: stderr.total(),
      durationMs: performance.now() - startedAt,
    };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', cancel);
    over.abort();
    command.stop();
    await command.ended;
  }
}

async function drain(command: RunningCommand, closed: readonly Promise<void>[]): Promise<void> {
  command.stdin.destroy();
  const late = setTimeout(() => {
    command.stdout.destroy();
    command.stderr.destroy();
  }, drainMs);
  await Promise.all(closed);
  clearTimeout(late);
}

function howItEnded(ending: Ending, program: string, folder: string): Pick<CommandResult, 'exitCode' | 'signal'> {
  switch (ending.kind) {
    case 'exit':
      return { exitCode: ending.code, signal: undefined };
    case 'signal':
      return { exitCode: undefined, signal: signalName(ending.number) };
    case 'no-folder':
      throw new SkillError('not-folder', `There is no folder ${folder} in the workspace.`);
    case 'no-program':
      throw programRefusal(ending.errno, program.slice(0, 200));
    case 'no-sandbox':
      throw new SwitchboardError('unavailable', `There is no sandbox to run a command in: ${ending.why}`);
  }
}

function programRefusal(errno: number, program: string): SkillError {
  const { ENOENT, ENOTDIR, E2BIG } = constants.errno;
  if (errno === ENOENT || errno === ENOTDIR) {
    return new SkillError('not-found', `There is no program ${program}, or not what it needs to start.`);
  }
  if (errno === E2BIG) return new SkillError('too-large', 'The command is longer than the system takes.');
  return new SkillError('not-allowed', `${program} is not a program that can be started here.`);
}

function signalName(number: number): string {
  const found = Object.entries(constants.signals).find(([, value]) => value === number);
  return found?.[0] ?? `SIG${number}`;
}
