// The host of a stage loses its power: every process is gone at once, and with it what no disk had been told to keep.
import { readFileSync } from 'node:fs';
import type { Stage } from './stage.ts';

/** With all that descend from it: PostgreSQL's backends outlive a postmaster that is killed. */
function withDescendants(pid: number): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
    return [pid, ...children.map(Number).flatMap(withDescendants)];
  } catch {
    return [];
  }
}

/** Resolves when everything is back. */
export async function cutPower(stage: Stage): Promise<void> {
  const { gateways, router, agents, database, broker, cutDisks } = stage;
  if (cutDisks === undefined) throw new Error('this stage does not lie on disks that can be cut');
  const processes = [...gateways, router, ...agents];
  for (const managed of processes) managed.keep(false);
  const pids = [database.pid(), broker.pid(), ...processes.flatMap((managed) => managed.pid() ?? [])];
  await cutDisks.cut(pids.flatMap(withDescendants));
  // A kill of what is gone waits until that is known.
  await Promise.all([database.gone(), broker.gone(), ...processes.map((managed) => managed.kill())]);
  await Promise.all([database.start(), broker.start()]);
  for (const managed of processes) managed.keep(true);
  await Promise.all(processes.map((managed) => managed.ready()));
}
