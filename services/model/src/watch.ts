// A wait that ends: one timer, set anew with each sign of life, and an abort that says why.
export interface Watch {
  readonly signal: AbortSignal;
  /** From now on so long; `why` is what the abort says. */
  within(timeoutMs: number, why: () => Error): void;
  end(): void;
}

export function createWatch(outer: AbortSignal): Watch {
  const own = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  return {
    signal: AbortSignal.any([outer, own.signal]),
    within(timeoutMs, why) {
      clearTimeout(timer);
      timer = setTimeout(() => own.abort(why()), timeoutMs);
    },
    end: () => clearTimeout(timer),
  };
}
