// What the processes of one command use, read from /proc.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import type { Usage } from './sandbox.ts';

/** More processes than this are counted, and not looked at one by one. */
const readMax = 1024;
const kibibyte = 1024;
const inMemory = /^(?:RssAnon|RssShmem|VmSwap):\s+(\d+) kB/gm;
const shareOfMemory = /^(?:Pss_Anon|Pss_Shmem|SwapPss):\s+(\d+) kB/gm;

/** Sums lines such as `RssAnon:  1234 kB`. */
function sumOf(text: string, names: RegExp): number {
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

function processesIn(proc: string): string[] {
  try {
    return readdirSync(proc).filter((name) => /^\d+$/.test(name));
  } catch {
    // The namespace has just ended.
    return [];
  }
}

/**
 * `memoryBytes` counts what no file backs, and a page that several processes share in each of them; `exactMemoryBytes`
 * counts it once, and costs more: but not for a process that has closed itself to such looks.
 */
function usageOf(proc: string, processes: readonly string[]): Usage {
  if (processes.length > readMax) return { tasks: processes.length, memoryBytes: 0, exactMemoryBytes: () => 0 };
  const statuses = processes.map((pid) => read(`${proc}/${pid}/status`));
  const total = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0) * kibibyte;
  return {
    tasks: statuses.reduce((sum, status) => sum + sumOf(status, /^Threads:\s+(\d+)/gm), 0),
    memoryBytes: total(statuses.map((status) => sumOf(status, inMemory))),
    exactMemoryBytes: () => {
      const shareOf = (pid: string): number => {
        const text = read(`${proc}/${pid}/smaps_rollup`);
        // Asked again, because a process that has just ended has no share either.
        return text === '' ? sumOf(read(`${proc}/${pid}/status`), inMemory) : sumOf(text, shareOfMemory);
      };
      return total(processes.map(shareOf));
    },
  };
}

/**
 * `init` is the process id of the namespace's first process. Reads synchronously, as usageBeneath does: under a fork bomb
 * there is no telling when a thread of a pool has its turn.
 */
export function usageInNamespace(init: string): Usage {
  const proc = `/proc/${init}/root/proc`;
  return usageOf(
    proc,
    processesIn(proc).filter((pid) => pid !== '1'),
  );
}

/** The parent of a process, from its `stat`: the program's name before it may hold anything but has its last bracket there. */
function parentOf(pid: string): string | undefined {
  const stat = read(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')')).split(' ')[2];
}

/** Of all that descends from the process `init`, whoever adopts the orphans in between. */
export function usageBeneath(init: string): Usage {
  const children = Map.groupBy(processesIn('/proc'), (pid) => parentOf(pid) ?? '');
  const family = [init];
  // An array that grows as it is walked: the walk goes on to what was added.
  for (const pid of family) family.push(...(children.get(pid) ?? []));
  return usageOf('/proc', family.slice(1));
}

/** Threads and processes of one user that are seen from here. */
export function tasksOf(user: number): number {
  const count = (pid: string): number => {
    try {
      return statSync(`/proc/${pid}`).uid === user ? readdirSync(`/proc/${pid}/task`).length : 0;
    } catch {
      return 0;
    }
  };
  return processesIn('/proc').reduce((sum, pid) => sum + count(pid), 0);
}
