// A workspace for one test, a secret beside it, and the shell capability over it, with limits a test can reach quickly.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommandResult } from '@switchboard/contract';
import { describe, onTestFinished } from 'vitest';
import type { ShellLimits } from '../src/shell/limits.ts';
import { type SandboxKind, sandboxKinds } from '../src/shell/sandbox.ts';
import { createShellAdapter, type ShellOptions } from '../src/shell/shell-adapter.ts';

export const secret = 'canary-3f1d: the secret that must stay where it is';

/** A user who owns nothing else, for root's commands where there are no namespaces. */
const stranger = 10_001;

/** Whether this machine has what the sandbox is made of, asked without our own programs. */
const usable: Record<SandboxKind, () => void> = {
  namespaces: () => {
    execFileSync('unshare', [...'--user --map-root-user --mount --pid --fork mount -t tmpfs x /mnt'.split(' ')]);
  },
  landlock: () => {
    execFileSync('perl', ['-e', 'exit !(syscall(444, 0, 0, 1) >= 6)']);
  },
};

function isUsable(sandbox: SandboxKind): boolean {
  try {
    usable[sandbox]();
    return true;
  } catch {
    return false;
  }
}

/** The same tests once for each sandbox; skipped for what this machine does not have. */
export function describeSandboxed(name: string, define: (sandbox: SandboxKind) => void): void {
  for (const sandbox of sandboxKinds) {
    describe.skipIf(!isUsable(sandbox))(`${name}, in ${sandbox},`, () => define(sandbox));
  }
}

/** Gives all in it to whom root's commands run as in this sandbox. */
export function lend(sandbox: SandboxKind, path: string): void {
  if (sandbox !== 'landlock' || process.getuid?.() !== 0) return;
  execFileSync('chown', ['-hR', `${stranger}:${stranger}`, path]);
}

export interface RunOptions {
  readonly folder?: string;
  readonly stdin?: string;
  readonly timeoutMs?: number;
  readonly outputBytesMax?: number;
  readonly signal?: AbortSignal;
}

export type Run = Omit<CommandResult, 'stdout' | 'stderr'> & { readonly stdout: string; readonly stderr: string };

export interface TestShell {
  /** Of the workspace; `secret` is a file beside it. */
  readonly path: string;
  readonly secret: string;
  /** Of the workspace, as its commands see it; and who they are. */
  readonly inside: string;
  readonly user: number;
  /** Text instead of bytes, which the tests of bytes ask for by `bytes`. */
  run(argv: readonly string[], options?: RunOptions): Promise<Run>;
  bash(script: string, options?: RunOptions): Promise<Run>;
  bytes(argv: readonly string[], options?: RunOptions): Promise<CommandResult>;
}

export function createTestShell(
  sandbox: SandboxKind,
  limits: Partial<ShellLimits> = {},
  more: Partial<ShellOptions> = {},
): TestShell {
  const base = mkdtempSync(join(realpathSync(tmpdir()), 'shell test-'));
  onTestFinished(() => rmSync(base, { recursive: true, force: true }));
  const path = join(base, 'work space');
  mkdirSync(path);
  // Others may pass through it to the workspace, and no more.
  chmodSync(base, 0o711);
  writeFileSync(join(base, 'secret.txt'), secret);
  const adapter = createShellAdapter({ workspace: path, sandbox, limits, ...more });
  const bytes = (argv: readonly string[], options: RunOptions = {}): Promise<CommandResult> => {
    lend(sandbox, path);
    const { signal = new AbortController().signal, ...rest } = options;
    const scope = { invocationId: 'turn-1-1', session: 'session', signal, deadline: new Date(Date.now() + 60_000) };
    return adapter.execute(scope).run(argv, { folder: '.', timeoutMs: 20_000, outputBytesMax: 1_000_000, ...rest });
  };
  const run = async (argv: readonly string[], options?: RunOptions): Promise<Run> => {
    const result = await bytes(argv, options);
    return { ...result, stdout: textOf(result.stdout), stderr: textOf(result.stderr) };
  };
  return {
    path,
    secret: join(base, 'secret.txt'),
    inside: sandbox === 'namespaces' ? '/workspace' : path,
    user: sandbox === 'namespaces' ? 1000 : process.getuid?.() || stranger,
    bytes,
    run,
    bash: (script, options) => run(['bash', '-c', script], options),
  };
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}

/** The processes of the whole machine that have this word in their command line. */
export function processesWith(word: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(word);
      } catch {
        return false;
      }
    });
}

let marks = 0;

/** A number of seconds that no other process sleeps for. */
export function uniqueSleep(): string {
  marks += 1;
  return `60.${process.pid}${String(marks).padStart(3, '0')}`;
}
