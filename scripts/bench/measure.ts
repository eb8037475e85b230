// Timing many calls at a fixed concurrency.

export interface Timing {
  readonly count: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  /** Calls a second over the whole run. */
  readonly perSecond: number;
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** `call(worker)` is made `count` times by `concurrency` workers, each one after another. Rejects with its first error. */
export async function measure(
  count: number,
  concurrency: number,
  call: (worker: number) => Promise<unknown>,
): Promise<Timing> {
  const times: number[] = [];
  let left = count;
  const started = performance.now();
  const worker = async (number: number): Promise<void> => {
    while (left-- > 0) {
      const before = performance.now();
      await call(number);
      times.push(performance.now() - before);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, (_, number) => worker(number)));
  const seconds = (performance.now() - started) / 1000;
  times.sort((a, b) => a - b);
  return {
    count: times.length,
    p50: percentile(times, 0.5),
    p95: percentile(times, 0.95),
    p99: percentile(times, 0.99),
    perSecond: times.length / seconds,
  };
}
