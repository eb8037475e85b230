// How many turns may be open in all: past that nothing more is taken in, and the caller is told when to come back.
import { SwitchboardError } from '@switchboard/contract';
import type { Work } from '@switchboard/store';

/** The count is looked up this often; in between, what is admitted here is added to it. */
const freshMs = 1_000;

/** Throws `overloaded`. */
export type Admit = () => Promise<void>;

export function createAdmission(store: Work, openMax: number): Admit {
  let open = 0;
  let countedAt = 0;
  let counting: Promise<void> | undefined;

  async function count(): Promise<void> {
    try {
      open = await store.claims.countOpen();
      countedAt = Date.now();
    } finally {
      counting = undefined;
    }
  }

  return async () => {
    if (Date.now() - countedAt > freshMs) {
      counting ??= count();
      await counting;
    }
    if (open >= openMax) throw new SwitchboardError('overloaded', `${open} turns are open; no more are taken for now`);
    open += 1;
  };
}
