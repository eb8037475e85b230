// Keeps a second process off an agent's folder, for exactly as long as the first one lives.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';

/** Thrown when another process holds the folder. */
export class FolderTakenError extends Error {
  override readonly name = 'FolderTakenError';
}

/**
 * Locks the folder until the returned function is called or this process has ended, however it ends: the kernel keeps
 * the lock (flock(2)), in all containers that share the volume alike. Node cannot ask for it, so flock(1) does, on a
 * descriptor that it shares with us. Throws FolderTakenError, or an Error when there is no flock(1).
 */
export async function lockFolder(folder: string): Promise<() => void> {
  // A plain descriptor: a FileHandle that nobody uses any more is closed, and the lock would be gone with it.
  const fd = openSync(join(folder, 'lock'), 'a', 0o600);
  try {
    const flock = spawn('flock', ['-xn', '3'], { stdio: ['ignore', 'ignore', 'ignore', fd] });
    const [code] = await once(flock, 'exit').catch((cause: unknown) => {
      throw new Error('flock is needed, of the package util-linux', { cause });
    });
    if (code === 1) throw new FolderTakenError(`another process works in ${folder}`);
    if (code !== 0) throw new Error(`flock could not lock ${folder}`);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  return () => closeSync(fd);
}
