// What each process holds in memory: resident, as the kernel counts it.
import { readFileSync } from 'node:fs';
import { processesBeneath, type System } from '@switchboard/testkit/start-system';

const names: readonly (readonly [string, string])[] = [
  ['services/gateway/', 'gateway'],
  ['services/router/', 'router'],
  ['services/model/', 'model'],
  ['services/agent-workstation/', 'workstation'],
  ['services/agent-browser/', 'browser'],
  ['services/agent-messenger/', 'messenger'],
  ['services/agent-business/', 'business'],
  ['nats-server', 'nats-server'],
  ['postgres', 'PostgreSQL'],
];

/** In MiB; 0 for a process that has just ended: a server's come and go while they are counted. */
function mebibytes(file: string, line: RegExp): number {
  try {
    return Number(line.exec(readFileSync(file, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

const proportionalMb = (pid: number): number => mebibytes(`/proc/${pid}/smaps_rollup`, /^Pss:\s+(\d+)/m);

/** In MiB. */
export const residentMb = (pid: number): number => mebibytes(`/proc/${pid}/status`, /^VmRSS:\s+(\d+)/m);

export interface Held {
  readonly name: string;
  readonly pids: readonly number[];
  /** Sum over its processes, in MiB. Shared pages count in each. */
  readonly residentMb: number;
  /** Shared pages are shared out. */
  readonly proportionalMb: number;
}

export function memoryOf(system: System): Held[] {
  const processes = [{ pid: system.pid, command: 'start' }, ...processesBeneath(system.pid)];
  const named = processes.map(({ pid, command }) => ({
    pid,
    name: names.find(([part]) => command.includes(part))?.[1] ?? 'start',
  }));
  return [...Map.groupBy(named, ({ name }) => name)].map(([name, group]) => ({
    name,
    pids: group.map(({ pid }) => pid),
    residentMb: group.reduce((sum, { pid }) => sum + residentMb(pid), 0),
    proportionalMb: group.reduce((sum, { pid }) => sum + proportionalMb(pid), 0),
  }));
}
