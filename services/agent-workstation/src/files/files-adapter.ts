// The files capability of the workstation: a workspace folder, and nothing outside it.
import { realpathSync, statSync } from 'node:fs';
import type { CallScope, CapabilityAdapters } from '@switchboard/agent';
import type { FilesCall, FilesLimits } from './files-call.ts';
import { createKeyedLock } from './keyed-lock.ts';
import { readFiles } from './read-files.ts';
import { removeFiles } from './remove-files.ts';
import { writeFiles } from './write-files.ts';

export type { FilesLimits } from './files-call.ts';

const defaults: FilesLimits = {
  writeBytesMax: 16 * 1024 * 1024,
  copyBytesMax: 4 * 1024 ** 3,
  entriesMax: 100_000,
  depthMax: 64,
};

/**
 * Serves FilesRead, FilesWrite and FilesDestroy beneath `workspace`. Make one for an agent: its calls take turns on the
 * same path. Throws when the workspace is no folder; holds no descriptor between calls.
 */
export function createFilesAdapter(
  options: { workspace: string } & Partial<FilesLimits>,
): Required<NonNullable<CapabilityAdapters['files']>> {
  const { workspace: named, ...limits } = options;
  const workspace = realpathSync(named);
  if (!statSync(workspace).isDirectory()) throw new TypeError(`the workspace ${named} is not a folder`);
  const lock = createKeyedLock();
  const call = (scope: CallScope): FilesCall => ({ workspace, limits: { ...defaults, ...limits }, scope, lock });
  return {
    read: (scope) => readFiles(call(scope)),
    write: (scope) => writeFiles(call(scope)),
    destructive: (scope) => removeFiles(call(scope)),
  };
}
