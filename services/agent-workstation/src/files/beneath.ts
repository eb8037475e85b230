// Opens things beneath the workspace one name at a time, so that no link, and no swap while we look, leads out of it.
import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, readdir, rmdir, unlink } from 'node:fs/promises';
import { errno, hasCode } from './errno.ts';
import { temporaryName } from './path-parts.ts';

const folderFlags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
/** O_NONBLOCK: opening a pipe that nobody writes to would hang for ever. */
const fileFlags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;

/**
 * Where `name` is in an open folder: what openat(2) would take. The kernel goes from the descriptor, not from a path that
 * someone may have swapped. Only the last name is resolved anew: callers use calls that do not follow it.
 */
export function at(folder: FileHandle, name: string | Buffer): string | Buffer {
  const prefix = `/proc/self/fd/${folder.fd}/`;
  return typeof name === 'string' ? prefix + name : Buffer.concat([Buffer.from(prefix), name]);
}

export function statAt(folder: FileHandle, name: string | Buffer): Promise<BigIntStats> {
  return lstat(at(folder, name), { bigint: true });
}

/** undefined when there is nothing of that name. */
export async function lookAt(folder: FileHandle, name: string): Promise<BigIntStats | undefined> {
  try {
    return await statAt(folder, name);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Throws errno ELOOP for a link, ENOTDIR for a file. */
export async function openChildFolder(parent: FileHandle, name: string | Buffer): Promise<FileHandle> {
  try {
    return await open(at(parent, name), folderFlags);
  } catch (error) {
    // With O_DIRECTORY the kernel says ENOTDIR of a link too.
    if (hasCode(error, 'ENOTDIR') && (await statAt(parent, name)).isSymbolicLink()) throw errno('ELOOP');
    throw error;
  }
}

/** The folder beneath the workspace; the caller closes it. */
export async function openFolder(workspace: string, parts: readonly string[]): Promise<FileHandle> {
  let folder = await open(workspace, folderFlags);
  for (const name of parts) {
    await using parent = folder;
    folder = await openChildFolder(parent, name);
  }
  return folder;
}

/**
 * Opens a folder, making what is missing, each synced; the caller closes it. `kept` is how many of the parts were there
 * before. When it fails, nothing that it made is left.
 */
export async function makeFolders(
  workspace: string,
  parts: readonly string[],
): Promise<{ folder: FileHandle; kept: number }> {
  let kept = parts.length;
  let folder = await open(workspace, folderFlags);
  for (const [index, name] of parts.entries()) {
    await using parent = folder;
    try {
      if (await makeChild(parent, name)) kept = Math.min(kept, index);
      folder = await openChildFolder(parent, name);
    } catch (error) {
      await unmakeFolders(workspace, parts, kept);
      throw error;
    }
  }
  return { folder, kept };
}

async function makeChild(parent: FileHandle, name: string): Promise<boolean> {
  try {
    await mkdir(at(parent, name));
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    // A folder on a disk that takes no changes may still be there already.
    if (hasCode(error, 'EROFS', 'EACCES', 'EPERM') && (await lookAt(parent, name)) !== undefined) return false;
    throw error;
  }
  await parent.sync();
  return true;
}

/** Takes back all but the first `kept` folders of a path, as far as they are empty: what failed leaves nothing behind. */
export async function unmakeFolders(workspace: string, parts: readonly string[], kept: number): Promise<void> {
  for (const [index, name] of [...parts.entries()].slice(kept).reverse()) {
    try {
      await using parent = await openFolder(workspace, parts.slice(0, index));
      await rmdir(at(parent, name));
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) return; // Somebody uses it: then it stays.
    }
  }
}

/** A plain file with one name; the caller closes it. Throws errno EISDIR, ENXIO, ELOOP or EMLINK for anything else. */
export async function openFile(folder: FileHandle, name: string): Promise<FileHandle> {
  const file = await open(at(folder, name), fileFlags);
  try {
    await checkPlain(folder, await file.stat({ bigint: true }), () => file.stat({ bigint: true }));
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** What lies at a name where a file may be put; undefined when nothing does. Throws as openFile. */
export async function plainFileAt(folder: FileHandle, name: string): Promise<BigIntStats | undefined> {
  const found = await lookAt(folder, name);
  return found && (await checkPlain(folder, found, () => statAt(folder, name)));
}

async function checkPlain(
  folder: FileHandle,
  seen: BigIntStats,
  again: () => Promise<BigIntStats>,
): Promise<BigIntStats> {
  if (seen.isSymbolicLink()) throw errno('ELOOP');
  if (seen.isDirectory()) throw errno('EISDIR');
  if (!seen.isFile()) throw errno('ENXIO');
  if (seen.nlink === 1n) return seen;
  if (seen.nlink === 2n) await dropTemporaryNames(folder, seen);
  const now = await again();
  if (now.nlink !== 1n) throw errno('EMLINK');
  return now;
}

/** An attempt that died while it gave a new file its name left the temporary one as a second: take that away. */
async function dropTemporaryNames(folder: FileHandle, file: BigIntStats): Promise<void> {
  for (const name of await readdir(`/proc/self/fd/${folder.fd}`)) {
    if (!temporaryName.test(name)) continue;
    const found = await lookAt(folder, name);
    if (found?.ino === file.ino && found.dev === file.dev) await unlink(at(folder, name));
  }
}
