// A process that no longer turns its event loop, or waits for a call that never settles, is worse than a dead one.

/** Thrown by `settled` when the call did not settle; whoever gets it should exit. */
export class UnsettledError extends Error {
  override readonly name = 'UnsettledError';
}

/** Waits for a call at most `timeoutMs`; past that rejects with UnsettledError. The call itself cannot be stopped. */
export async function settled<T>(call: Promise<T>, timeoutMs: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new UnsettledError(`${what} did not settle in ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([call, late]);
  } finally {
    clearTimeout(timer);
  }
}
