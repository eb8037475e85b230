// Stops a command that takes more of the machine than it may: what the kernel does not count for a whole tree of processes.
import { statfs } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { ShellLimits } from './limits.ts';
import type { RunningCommand, Usage } from './sandbox.ts';

const intervalMs = 50;

export type Excess = 'processes' | 'memory' | 'disk';

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

function excessOf(usage: Usage, limits: ShellLimits): Excess | undefined {
  if (usage.tasks > limits.tasksMax) return 'processes';
  if (usage.memoryBytes > limits.memoryBytesMax && usage.exactMemoryBytes() > limits.memoryBytesMax) return 'memory';
  return undefined;
}

/** Resolves with the first limit that is passed, or with undefined once the signal is aborted. */
export async function watchCommand(
  command: Pick<RunningCommand, 'usage'>,
  disks: readonly string[],
  limits: ShellLimits,
  signal: AbortSignal,
): Promise<Excess | undefined> {
  try {
    const freeAtStart = await Promise.all(disks.map(freeBytes));
    const freeMin = freeAtStart.map((free) => Math.min(limits.diskBytesMin, free / 2));
    for (;;) {
      await delay(intervalMs, undefined, { signal });
      const used = command.usage();
      const excess = used === undefined ? undefined : excessOf(used, limits);
      if (excess !== undefined) return excess;
      const free = await Promise.all(disks.map(freeBytes));
      if (free.some((bytes, index) => bytes < (freeMin[index] ?? 0))) return 'disk';
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return undefined;
}
