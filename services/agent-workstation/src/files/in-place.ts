// The frame of every change: take turns on the path, make the folders on the way, take them back when it fails.
import type { FileHandle } from 'node:fs/promises';
import { makeFolders, unmakeFolders } from './beneath.ts';
import type { FilesCall } from './files-call.ts';
import type { Place } from './path-parts.ts';
import { temporaryNameFor } from './staging.ts';

/** `others` are further paths that nobody may change meanwhile. */
export async function inPlace<T>(
  call: FilesCall,
  { parents, name, path }: Place,
  work: (folder: FileHandle, name: string) => Promise<T>,
  others: readonly string[] = [],
): Promise<T> {
  return await call.lock([path, temporaryNameFor(call.scope), ...others], async () => {
    call.scope.signal.throwIfAborted();
    const { folder: made, kept } = await makeFolders(call.workspace, parents);
    await using folder = made;
    try {
      return await work(folder, name);
    } catch (error) {
      await unmakeFolders(call.workspace, parents, kept);
      throw error;
    }
  });
}
