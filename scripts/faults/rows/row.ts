// One row of the fault matrix as a program: what is done, what must come of it, and the figures that it gives.
import type { FaultOptions } from '../options.ts';
import type { Stage } from '../stage/stage.ts';

export interface RowContext {
  readonly options: FaultOptions;
  readonly say: (line: string) => void;
  /** A stage that the rows share, one after another; each leaves it running. */
  readonly stage: () => Promise<Stage>;
}

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
  run(context: RowContext): Promise<RowResult>;
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
