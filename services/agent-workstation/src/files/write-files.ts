// FilesWrite over the workspace: every change is there whole or not at all, and on disk when the call returns.
import type { BigIntStats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import type { FilesWrite } from '@switchboard/contract';
import { lookAt, makeFolders, openFile, plainFileAt } from './beneath.ts';
import { copyEntry } from './copy-entry.ts';
import { errno, refusing } from './errno.ts';
import type { FilesCall } from './files-call.ts';
import { inPlace } from './in-place.ts';
import { moveEntry } from './move-entry.ts';
import { pathParts, placeOf } from './path-parts.ts';
import { readStart } from './read-files.ts';
import { publishFile, stageFile, temporaryNameFor } from './staging.ts';

export function writeFiles(call: FilesCall): FilesWrite {
  return {
    write: (path, bytes, options) => refusing(path, () => write(call, path, bytes, options)),
    update: (path, change) => refusing(path, () => update(call, path, change)),
    makeFolder: (path) => refusing(path, () => makeFolder(call, path)),
    move: (from, to) => moveEntry(call, from, to),
    copy: (from, to) => copyEntry(call, from, to),
  };
}

async function write(
  call: FilesCall,
  path: string,
  bytes: Uint8Array,
  { replace }: { replace: boolean },
): Promise<{ created: boolean }> {
  if (bytes.length > call.limits.writeBytesMax) throw errno('EFBIG');
  return await inPlace(call, placeOf(path), async (folder, name) => {
    const there = await plainFileAt(folder, name);
    if (there !== undefined && !replace) throw errno('EEXIST');
    const staged = temporaryNameFor(call.scope);
    await stageFile(folder, staged, (file) => writeAll(call, file, bytes, there));
    await publishFile(folder, staged, name, { replace });
    return { created: there === undefined };
  });
}

async function update(
  call: FilesCall,
  path: string,
  change: (content: Uint8Array | undefined) => Promise<Uint8Array>,
): Promise<{ created: boolean; size: number }> {
  return await inPlace(call, placeOf(path), async (folder, name) => {
    const before = await plainFileAt(folder, name);
    const bytes = await change(before && (await readWhole(call, folder, name)));
    if (bytes.length > call.limits.writeBytesMax) throw errno('EFBIG');
    const staged = temporaryNameFor(call.scope);
    const fill = async (file: FileHandle): Promise<void> => {
      await writeAll(call, file, bytes, before);
      if (!isSame(before, await lookAt(folder, name))) throw errno('ESTALE');
    };
    await stageFile(folder, staged, fill);
    await publishFile(folder, staged, name, { replace: before !== undefined });
    return { created: before === undefined, size: bytes.length };
  });
}

async function makeFolder(call: FilesCall, path: string): Promise<{ created: boolean }> {
  const parts = pathParts(path);
  const { folder, kept } = await makeFolders(call.workspace, parts);
  await folder.close();
  return { created: kept < parts.length };
}

/** A file that takes another's place keeps its mode, so that a script stays one. */
async function writeAll(
  call: FilesCall,
  file: FileHandle,
  bytes: Uint8Array,
  replaced: BigIntStats | undefined,
): Promise<void> {
  if (replaced !== undefined) await file.chmod(Number(replaced.mode & 0o777n));
  await file.writeFile(bytes, { signal: call.scope.signal });
}

async function readWhole(call: FilesCall, folder: FileHandle, name: string): Promise<Uint8Array> {
  await using file = await openFile(folder, name);
  const { bytes, size } = await readStart(file, call.limits.writeBytesMax, call.scope.signal);
  if (size > bytes.length) throw errno('EFBIG');
  return bytes;
}

/** By inode, size and times: what another program writes between this look and the rename is not seen. */
function isSame(before: BigIntStats | undefined, now: BigIntStats | undefined): boolean {
  if (before === undefined || now === undefined) return before === now;
  const marks = ['dev', 'ino', 'size', 'mtimeNs', 'ctimeNs'] as const;
  return marks.every((mark) => before[mark] === now[mark]);
}
