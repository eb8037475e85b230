// A folder for one test or one file of tests.
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TempFolder {
  /** A real path, without links in it. */
  readonly path: string;
  /** With all that is in it. May be called again. */
  remove(): Promise<void>;
}

/** The name has a space in it, because people's folders do. */
export async function tempFolder(): Promise<TempFolder> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'switchboard test-')));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
