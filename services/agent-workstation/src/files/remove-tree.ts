// Takes away a name and all beneath it, going from descriptor to descriptor: a link is removed, never followed.
import { type FileHandle, readdir, rmdir, unlink } from 'node:fs/promises';
import { at, openChildFolder, statAt } from './beneath.ts';
import { errno, hasCode } from './errno.ts';

/** Adds to `count.files` as it goes, so that the caller can say how far it came. What is gone already is no error. */
export async function removeTree(
  parent: FileHandle,
  name: string | Buffer,
  limits: { signal: AbortSignal; depth: number },
  count: { files: number },
): Promise<void> {
  try {
    limits.signal.throwIfAborted();
    if (!(await statAt(parent, name)).isDirectory()) {
      await unlink(at(parent, name));
      count.files += 1;
      return;
    }
    if (limits.depth === 0) throw errno('E2BIG');
    await using folder = await openChildFolder(parent, name);
    // As bytes: a name that is not UTF-8 must not survive the removal of its folder.
    for (const child of await readdir(`/proc/self/fd/${folder.fd}`, { encoding: 'buffer' })) {
      await removeTree(folder, child, { ...limits, depth: limits.depth - 1 }, count);
    }
    await rmdir(at(parent, name));
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
}
