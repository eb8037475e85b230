// What every file operation of one call is given.
import type { CallScope } from '@switchboard/agent';
import type { KeyedLock } from './keyed-lock.ts';

export interface FilesLimits {
  /** The largest file that may be written or updated whole. */
  readonly writeBytesMax: number;
  /** What one copy may hold in all. */
  readonly copyBytesMax: number;
  /** How many entries one listing or walk may meet. */
  readonly entriesMax: number;
  /** How deep a walk or a removal goes; each level holds one descriptor open. */
  readonly depthMax: number;
}

export interface FilesCall {
  /** The real path of the workspace. */
  readonly workspace: string;
  readonly limits: FilesLimits;
  readonly scope: CallScope;
  /** Shared by all calls of the agent. */
  readonly lock: KeyedLock;
}
