// FilesDestroy over the workspace: takes names away for good.
import { type FileHandle, readdir, rmdir } from 'node:fs/promises';
import { type FilesDestroy, SkillError } from '@switchboard/contract';
import { at, openChildFolder, openFolder, statAt } from './beneath.ts';
import { errno, refusing, toRefusal } from './errno.ts';
import type { FilesCall } from './files-call.ts';
import { entryOf, temporaryName } from './path-parts.ts';
import { removeTree } from './remove-tree.ts';

export function removeFiles(call: FilesCall): FilesDestroy {
  return { remove: (path, options) => refusing(path, () => remove(call, path, options)) };
}

/** A link, a pipe or a hard link is only a name here: the name goes, and what it leads to stays. */
async function remove(
  call: FilesCall,
  target: string,
  { recursive }: { recursive: boolean },
): Promise<{ files: number }> {
  const { parents, name, path } = entryOf(target);
  return await call.lock([path], async () => {
    await using folder = await openFolder(call.workspace, parents);
    const count = { files: 0 };
    if ((await statAt(folder, name)).isDirectory() && !recursive) await removeEmptyFolder(call, folder, name);
    else await removeCounting(call, folder, name, path, count);
    await folder.sync();
    return count;
  });
}

async function removeCounting(
  call: FilesCall,
  folder: FileHandle,
  name: string,
  path: string,
  count: { files: number },
): Promise<void> {
  try {
    await removeTree(folder, name, { signal: call.scope.signal, depth: call.limits.depthMax }, count);
  } catch (error) {
    const refusal = toRefusal(error, path);
    if (count.files === 0 || !(refusal instanceof SkillError)) throw refusal;
    const message = `${refusal.message} ${count.files} of its files were removed before.`;
    throw new SkillError(refusal.reason ?? 'not-allowed', message, { cause: error });
  }
}

async function removeEmptyFolder(call: FilesCall, parent: FileHandle, name: string): Promise<void> {
  {
    await using folder = await openChildFolder(parent, name);
    const names = await readdir(`/proc/self/fd/${folder.fd}`);
    if (!names.every((entry) => temporaryName.test(entry))) throw errno('ENOTEMPTY');
    // What dead attempts left is nothing that anybody can see: it must not make a folder look full.
    const limits = { signal: call.scope.signal, depth: call.limits.depthMax };
    for (const entry of names) await removeTree(folder, entry, limits, { files: 0 });
  }
  await rmdir(at(parent, name));
}
