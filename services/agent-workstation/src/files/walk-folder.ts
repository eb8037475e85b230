// Lists a folder, and all beneath it, holding one open folder for each level.
import type { BigIntStats } from 'node:fs';
import { type FileHandle, opendir } from 'node:fs/promises';
import type { FileInfo } from '@switchboard/contract';
import { lookAt, openChildFolder } from './beneath.ts';
import { errno, hasCode } from './errno.ts';
import { toFileInfo } from './file-info.ts';
import type { FilesCall } from './files-call.ts';
import { temporaryName } from './path-parts.ts';

/** Entries looked at together: one by one, the waiting between them would be most of the time. */
const atOnce = 32;

/** The entries by name, without files that are being written. Throws errno E2BIG past the limit. */
export async function entriesOf(folder: FileHandle, call: FilesCall): Promise<{ name: string; stats: BigIntStats }[]> {
  const names: string[] = [];
  for await (const { name } of await opendir(`/proc/self/fd/${folder.fd}`)) {
    if (temporaryName.test(name)) continue;
    if (names.push(name) > call.limits.entriesMax) throw errno('E2BIG');
  }
  const entries: { name: string; stats: BigIntStats }[] = [];
  names.sort();
  for (let start = 0; start < names.length; start += atOnce) {
    call.scope.signal.throwIfAborted();
    const batch = names.slice(start, start + atOnce);
    const looked = await Promise.all(batch.map(async (name) => ({ name, stats: await lookAt(folder, name) })));
    for (const { name, stats } of looked) if (stats !== undefined) entries.push({ name, stats });
  }
  return entries;
}

/** Parents first. What vanishes while we look is passed over; a folder that may not be entered is marked. */
export async function* walkFolder(
  call: FilesCall,
  folder: FileHandle,
  path: string,
  budget = { entries: call.limits.entriesMax, depth: call.limits.depthMax },
): AsyncGenerator<FileInfo> {
  if (budget.depth === 0) throw errno('E2BIG');
  for (const { name, stats } of await entriesOf(folder, call)) {
    call.scope.signal.throwIfAborted();
    budget.entries -= 1;
    if (budget.entries < 0) throw errno('E2BIG');
    const info = toFileInfo(path === '' ? name : `${path}/${name}`, stats);
    if (info.kind !== 'folder') {
      yield info;
      continue;
    }
    const opened = await openIfAllowed(folder, name);
    if (opened === 'gone') continue;
    if (opened === 'unreadable') {
      yield { ...info, unreadable: true };
      continue;
    }
    await using child = opened;
    yield info;
    budget.depth -= 1;
    yield* walkFolder(call, child, info.path, budget);
    budget.depth += 1;
  }
}

async function openIfAllowed(folder: FileHandle, name: string): Promise<FileHandle | 'gone' | 'unreadable'> {
  try {
    return await openChildFolder(folder, name);
  } catch (error) {
    if (hasCode(error, 'EACCES', 'EPERM')) return 'unreadable';
    // Swapped for a link or a file since it was listed: it is no folder of ours any more.
    if (hasCode(error, 'ENOENT', 'ELOOP', 'ENOTDIR')) return 'gone';
    throw error;
  }
}
