// Work that only one process at a time may do, held apart by a file; the kernel lets go when the holder dies.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Waits for the lock at most so long, and throws then. What `work` throws is thrown. */
export async function holdingLock<T>(path: string, waitMsMax: number, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  const argv = ['-w', String(Math.ceil(waitMsMax / 1000)), path, 'sh', '-c', 'echo held; cat'];
  const holder = spawn('flock', argv, { stdio: ['pipe', 'pipe', 'ignore'] });
  const gone = once(holder, 'exit');
  try {
    const held = await Promise.race([once(holder.stdout, 'data'), gone.then(() => undefined)]);
    if (held === undefined) throw new Error(`${path} was held by another process for ${waitMsMax} ms`);
    return await work();
  } finally {
    holder.stdin.end();
    await gone;
  }
}
