// What lstat says, in the words of the contract.
import type { BigIntStats } from 'node:fs';
import type { FileInfo } from '@switchboard/contract';

function kindOf(stats: BigIntStats): FileInfo['kind'] {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'folder';
  return stats.isSymbolicLink() ? 'link' : 'other';
}

export function toFileInfo(path: string, stats: BigIntStats): FileInfo {
  const kind = kindOf(stats);
  return {
    path: path === '' ? '.' : path,
    kind,
    size: kind === 'file' ? Number(stats.size) : 0,
    modifiedAt: new Date(Number(stats.mtimeMs)),
    // The inode alone is given to the next file as soon as this one goes; the time of birth is not. The device is left
    // out: it may be numbered anew when the machine restarts.
    id: `${stats.ino}-${stats.birthtimeNs}`,
  };
}
