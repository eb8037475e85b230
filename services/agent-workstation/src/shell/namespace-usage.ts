// What the processes of one namespace use, read from its own /proc.
import { readdirSync, readFileSync } from 'node:fs';
import type { Usage } from './sandbox.ts';

/** More processes than this are counted, and not looked at one by one. */
const readMax = 1024;
const kibibyte = 1024;

/** Sums lines such as `RssAnon:  1234 kB`. */
function kilobytes(text: string, names: RegExp): number {
  let sum = 0;
  for (const [, value] of text.matchAll(names)) sum += Number(value);
  return sum;
}

/** A process may end at any moment, and then uses nothing. */
function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

/**
 * `init` is the process id of the namespace's first process. Reads synchronously: under a fork bomb there is no telling
 * when a thread of a pool has its turn. `memoryBytes` counts what no file backs, and a page that several processes share
 * in each of them; `exactMemoryBytes` counts it once, and costs more.
 */
export function namespaceUsage(init: string): Usage & { exactMemoryBytes(): number } {
  const proc = `/proc/${init}/root/proc`;
  let processes: string[] = [];
  try {
    processes = readdirSync(proc).filter((name) => /^\d+$/.test(name) && name !== '1');
  } catch {
    // The namespace has just ended.
  }
  if (processes.length > readMax) return { tasks: processes.length, memoryBytes: 0, exactMemoryBytes: () => 0 };
  const statuses = processes.map((pid) => read(`${proc}/${pid}/status`));
  const sum = (texts: readonly string[], names: RegExp): number =>
    texts.reduce((total, text) => total + kilobytes(text, names), 0);
  return {
    tasks: sum(statuses, /^Threads:\s+(\d+)/gm),
    memoryBytes: sum(statuses, /^(?:RssAnon|RssShmem|VmSwap):\s+(\d+) kB/gm) * kibibyte,
    exactMemoryBytes: () => {
      const maps = processes.map((pid) => read(`${proc}/${pid}/smaps_rollup`));
      return sum(maps, /^(?:Pss_Anon|Pss_Shmem|SwapPss):\s+(\d+) kB/gm) * kibibyte;
    },
  };
}
