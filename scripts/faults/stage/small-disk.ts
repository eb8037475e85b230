// A disk of a few megabytes under one folder of a stage, to be filled and freed. Only root may mount one.
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const chunk = Buffer.alloc(64 * 1024, 1);

export interface SmallDisk {
  /** To the last byte. May be called again. */
  fill(): void;
  free(): void;
  unmount(): void;
}

/** Undefined where this machine does not let us mount one. Makes the folder. */
export function mountSmallDisk(folder: string, megabytes: number): SmallDisk | undefined {
  mkdirSync(folder, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'none', folder], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  const filler = join(folder, 'filler');
  return {
    fill() {
      const file = openSync(filler, 'a');
      try {
        for (let size = chunk.length; size >= 1; size = Math.floor(size / 2)) {
          try {
            for (;;) writeSync(file, chunk, 0, size);
          } catch (error) {
            if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
          }
        }
      } finally {
        closeSync(file);
      }
    },
    free: () => rmSync(filler, { force: true }),
    // What still has a file open there must not keep it: nobody can find the folder any more.
    unmount: () => void execFileSync('umount', ['--lazy', folder], { stdio: 'ignore' }),
  };
}
