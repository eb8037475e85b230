// Makes a file or folder complete under a temporary name beside its place, then gives it its name in one step.
import { constants } from 'node:fs';
import { type FileHandle, link, mkdir, open, rename, unlink } from 'node:fs/promises';
import type { CallScope } from '@switchboard/agent';
import { at, lookAt, openChildFolder } from './beneath.ts';
import { errno, hasCode } from './errno.ts';
import { removeTree } from './remove-tree.ts';

const createFlags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/**
 * The same for each attempt of one step, so that a new attempt clears away what a dead one left. A call makes one thing
 * at a time: the adapter takes turns on this name.
 */
export function temporaryNameFor({ invocationId }: Pick<CallScope, 'invocationId'>): string {
  const step = invocationId.replace(/-\d+$/, '').replace(/[^\w-]/g, '_');
  return `.sb-${step.slice(0, 100)}.tmp`;
}

async function clear(folder: FileHandle, name: string): Promise<void> {
  // Never cut short by a cancel: what is half made must go.
  await removeTree(folder, name, { signal: new AbortController().signal, depth: 256 }, { files: 0 });
}

/** Never replaces; the caller closes it. */
export async function createFile(folder: FileHandle, name: string): Promise<FileHandle> {
  return await open(at(folder, name), createFlags, 0o666);
}

/** Creates `name` (a temporary one), lets `fill` write it, and syncs it. On any failure nothing is left. */
export async function stageFile(
  folder: FileHandle,
  name: string,
  fill: (file: FileHandle) => Promise<void>,
): Promise<void> {
  await clear(folder, name);
  await clearingOnFailure(folder, name, async () => {
    await using file = await createFile(folder, name);
    await fill(file);
    await file.sync();
  });
}

/** As stageFile, for a folder. */
export async function stageFolder(
  parent: FileHandle,
  name: string,
  fill: (folder: FileHandle) => Promise<void>,
): Promise<void> {
  await clear(parent, name);
  await clearingOnFailure(parent, name, async () => {
    await mkdir(at(parent, name));
    await using folder = await openChildFolder(parent, name);
    await fill(folder);
    await folder.sync();
  });
}

async function clearingOnFailure(folder: FileHandle, name: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    await clear(folder, name);
    throw error;
  }
}

/**
 * Names a staged file. Without `replace` it throws errno EEXIST when the name is taken, even if it was taken this very
 * moment: link(2) fails where rename(2) would replace. Only on a disk without hard links is it a look, then a rename.
 */
export async function publishFile(
  folder: FileHandle,
  staged: string,
  name: string,
  options: { replace: boolean },
): Promise<void> {
  await clearingOnFailure(folder, staged, async () => {
    if (options.replace) await rename(at(folder, staged), at(folder, name));
    else await linkThenUnlink(folder, staged, name);
  });
  await folder.sync();
}

/** Names a staged folder. Throws errno EEXIST when the name is taken; at worst an empty folder is replaced. */
export async function publishFolder(parent: FileHandle, staged: string, name: string): Promise<void> {
  await clearingOnFailure(parent, staged, () => renameIfFree(parent, staged, parent, name));
  await parent.sync();
}

async function linkThenUnlink(folder: FileHandle, staged: string, name: string): Promise<void> {
  try {
    await link(at(folder, staged), at(folder, name));
  } catch (error) {
    if (!hasCode(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK')) throw error;
    return await renameIfFree(folder, staged, folder, name);
  }
  try {
    await unlink(at(folder, staged));
  } catch (error) {
    // A reader that met both names has taken the temporary one away already.
    if (!hasCode(error, 'ENOENT')) throw error;
  }
}

/** A look, then a rename: between the two only another program can take the name. */
export async function renameIfFree(
  fromFolder: FileHandle,
  from: string,
  toFolder: FileHandle,
  to: string,
): Promise<void> {
  if ((await lookAt(toFolder, to)) !== undefined) throw errno('EEXIST');
  await rename(at(fromFolder, from), at(toFolder, to));
}
