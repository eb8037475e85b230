// Carries out a plan of faults on time, and writes down what was under way when each of them struck.
import { setTimeout as delay } from 'node:timers/promises';
import type { Stage } from '../stage/stage.ts';
import { inject } from './inject.ts';
import type { PlannedFault } from './schedule.ts';

export interface StruckFault extends PlannedFault {
  /** Epoch milliseconds. */
  readonly at: number;
  until: number;
  /** Turns accepted and not ended, and skills that ran, as the clients knew. */
  readonly open: number;
  readonly running: number;
}

export interface StormOptions {
  readonly stage: Stage;
  readonly plan: readonly PlannedFault[];
  readonly inFlight: () => { open: number; running: number };
  readonly onFault?: (fault: StruckFault) => void;
}

/** Two faults on one target come one after the other. Resolves when the last one is over. */
export async function runStorm({ stage, plan, inFlight, onFault }: StormOptions): Promise<StruckFault[]> {
  const startedAt = Date.now();
  const struck: StruckFault[] = [];
  const busy = new Map<string, Promise<void>>();
  for (const fault of plan) {
    await delay(Math.max(0, startedAt + fault.atMs - Date.now()));
    const work = async (): Promise<void> => {
      const at = Date.now();
      const entry: StruckFault = { ...fault, at, until: at, ...inFlight() };
      struck.push(entry);
      onFault?.(entry);
      await inject(stage, fault);
      entry.until = Date.now();
    };
    busy.set(fault.target, (busy.get(fault.target) ?? Promise.resolve()).then(work));
  }
  await Promise.all(busy.values());
  return struck;
}
