// What a sandbox does for one command, however it is made: each implements this, and has to pass the same probe.
import type { Readable, Writable } from 'node:stream';
import type { ShellLimits } from './limits.ts';

/** What it is made of: docs/adr/0005-command-sandbox.md, and docs/adr/0010-landlock-sandbox.md. */
export const sandboxKinds = ['namespaces', 'landlock'] as const;
export type SandboxKind = (typeof sandboxKinds)[number];

export interface SandboxOptions {
  readonly workspace: string;
  /** The program that runs JavaScript in the sandbox. */
  readonly node: string;
  /** Folders that are not seen even where a folder that programs need holds them. */
  readonly hidden: readonly string[];
  readonly limits: ShellLimits;
}

export interface SandboxRequest {
  readonly argv: readonly string[];
  /** Relative to the workspace, and known to lie in it. */
  readonly folder: string;
  /** Whether the command reads something: without, its stdin is empty. */
  readonly stdin: boolean;
  /** The sandbox ends the command by itself after so long, should the agent not be able to. */
  readonly lifeMs: number;
}

/** What the command uses now. */
export interface Usage {
  /** Processes and threads. */
  readonly tasks: number;
  /** What no file backs; a page that several processes share may be counted in each of them. */
  readonly memoryBytes: number;
  /** The same with shared pages counted once: costs more, asked only in doubt. */
  exactMemoryBytes(): number;
}

export type Ending =
  | { readonly kind: 'exit'; readonly code: number }
  | { readonly kind: 'signal'; readonly number: number }
  /** There is no such folder. */
  | { readonly kind: 'no-folder' }
  /** The program could not be started, and why. */
  | { readonly kind: 'no-program'; readonly errno: number }
  /** There was no sandbox, so nothing was run. */
  | { readonly kind: 'no-sandbox'; readonly why: string };

export interface RunningCommand {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves when nothing that it started runs any more. Never rejects. */
  readonly ended: Promise<Ending>;
  /** Undefined while there is nothing to measure. */
  usage(): Usage | undefined;
  /** Ends it and all that it started. May be called again. */
  stop(): void;
}

export interface Sandbox {
  /** A folder on each disk that its commands can fill. */
  readonly disks: readonly string[];
  /** Throws SwitchboardError `unavailable` when nothing could be started. */
  start(request: SandboxRequest): Promise<RunningCommand>;
}
