// The shell capability of the workstation: programs in a sandbox over the workspace, and nothing outside it.
import { realpathSync, statSync } from 'node:fs';
import type { CallScope, CapabilityAdapters } from '@switchboard/agent';
import { type Shell, SkillError } from '@switchboard/contract';
import { pathParts } from '../files/path-parts.ts';
import { createLandlockSandbox } from './landlock-sandbox.ts';
import { defaultLimits, type ShellLimits } from './limits.ts';
import { createNamespaceSandbox } from './namespace-sandbox.ts';
import { runCommand } from './run-command.ts';
import type { SandboxKind } from './sandbox.ts';

export type { ShellLimits } from './limits.ts';

/** What Linux takes for one argument, with the NUL at its end (MAX_ARG_STRLEN), and less than it takes for all. */
const argumentBytesMax = 128 * 1024;
const commandBytesMax = 1024 * 1024;

export interface ShellOptions {
  /** The folder that commands work in; in namespaces they see it as /workspace. */
  readonly workspace: string;
  readonly sandbox: SandboxKind;
  /** Runs JavaScript in the sandbox; this very program when not given. */
  readonly node?: string;
  /** Folders that no command may see, should they lie in a folder such as /usr that every command sees. */
  readonly hidden?: readonly string[];
  readonly limits?: Partial<ShellLimits>;
}

/**
 * Serves Shell over `workspace`. Only for an agent whose `probeSandbox` has passed: a command is run in the sandbox or
 * not at all. Throws when the workspace is no folder, or on a machine for which there is no sandbox.
 */
export function createShellAdapter(options: ShellOptions): Required<NonNullable<CapabilityAdapters['shell']>> {
  const workspace = realpathSync(options.workspace);
  if (!statSync(workspace).isDirectory()) throw new TypeError(`the workspace ${options.workspace} is not a folder`);
  const limits = { ...defaultLimits, ...options.limits };
  const node = realpathSync(options.node ?? process.execPath);
  const createSandbox = options.sandbox === 'landlock' ? createLandlockSandbox : createNamespaceSandbox;
  const sandbox = createSandbox({
    workspace,
    node,
    hidden: (options.hidden ?? []).map((folder) => realpathSync(folder)),
    limits,
  });
  return {
    execute: ({ signal }: CallScope): Shell => ({
      async run(argv, { folder, stdin, timeoutMs, outputBytesMax }) {
        checkArguments(argv);
        const request = { argv, folder: folderIn(folder), stdin, timeoutMs, outputBytesMax };
        return await runCommand(request, { sandbox, limits, signal });
      },
    }),
  };
}

function checkArguments(argv: readonly string[]): void {
  if (argv.length === 0 || argv.some((argument) => argument.includes('\0'))) {
    throw new TypeError('a command is one or more texts without NUL');
  }
  const lengths = argv.map((argument) => Buffer.byteLength(argument) + 1);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  if (Math.max(...lengths) > argumentBytesMax || total > commandBytesMax) {
    throw new SkillError('too-large', `The command is longer than ${argumentBytesMax - 1} bytes.`);
  }
}

function folderIn(folder: string): string {
  try {
    return pathParts(folder).join('/') || '.';
  } catch (cause) {
    throw new SkillError('path-escapes', 'The folder does not lie in the workspace.', { cause });
  }
}
