// One row of the fault matrix as a program: what is done, what must come of it, and the figures that it gives.
import type { FaultOptions } from '../options.ts';

export interface RowResult {
  /** What broke the promise; empty when it is kept. */
  readonly broken: readonly string[];
  readonly figures: Readonly<Record<string, unknown>>;
  /** Why it could not be tried here. */
  readonly skipped?: string;
  /** For the report only: the whole story. */
  readonly details?: unknown;
}

export interface Row {
  /** Of the fault matrix. */
  readonly id: string;
  readonly title: string;
  run(options: FaultOptions, say: (line: string) => void): Promise<RowResult>;
}

/** Collects what does not hold, so that one row can tell all of it. */
export function claims(): { must(holds: boolean, what: string): void; readonly broken: string[] } {
  const broken: string[] = [];
  return {
    broken,
    must(holds, what) {
      if (!holds) broken.push(what);
    },
  };
}
