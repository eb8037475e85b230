// Tries again after ever longer pauses, as long as there is time.
import { setTimeout as delay } from 'node:timers/promises';

/** The beginning of the schedule of Standard Webhooks, pressed into the time that one call has. */
const pausesMs = [5_000, 15_000, 30_000] as const;

/** A try that is over: with a result, or one that another try may better. */
export type Try<T> = { readonly done: T } | { readonly again: T; readonly afterMs?: number };

/** The first result, or that of the last try that fits before the deadline. Throws what `attempt` and the signal throw. */
export async function tryUntil<T>(
  deadline: Date,
  signal: AbortSignal,
  attempt: () => Promise<Try<T>>,
  pauses: readonly number[] = pausesMs,
): Promise<T> {
  for (const pauseMs of pauses) {
    const tried = await attempt();
    if ('done' in tried) return tried.done;
    const waitMs = Math.max(pauseMs, tried.afterMs ?? 0);
    if (Date.now() + waitMs >= deadline.getTime()) return tried.again;
    await delay(waitMs, undefined, { signal });
  }
  const last = await attempt();
  return 'done' in last ? last.done : last.again;
}
