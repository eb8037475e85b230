// What each process holds in memory: resident, as the kernel counts it.
import { readFileSync } from 'node:fs';
import { processesBeneath, type System } from '@switchboard/testkit/start-system';

const names: readonly (readonly [string, string])[] = [
  ['services/gateway/', 'gateway'],
  ['services/router/', 'router'],
  ['services/agent-workstation/', 'workstation'],
  ['nats-server', 'nats-server'],
  ['postgres', 'PostgreSQL'],
];

function proportionalMb(pid: number): number {
  const kb = /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1];
  return Number(kb ?? 0) / 1024;
}

/** In MiB. */
export function residentMb(pid: number): number {
  const kb = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kb ?? 0) / 1024;
}

export interface Held {
  readonly name: string;
  readonly processes: number;
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
    processes: group.length,
    residentMb: group.reduce((sum, { pid }) => sum + residentMb(pid), 0),
    proportionalMb: group.reduce((sum, { pid }) => sum + proportionalMb(pid), 0),
  }));
}
