// Lets calls that change the same paths take turns, so that neither loses what the other did.

/** Runs `work` when all earlier work on any of the keys has ended. Keys are taken together: no order can deadlock. */
export type KeyedLock = <T>(keys: readonly string[], work: () => Promise<T>) => Promise<T>;

export function createKeyedLock(): KeyedLock {
  const last = new Map<string, Promise<void>>();
  return async (keys, work) => {
    const earlier = keys.flatMap((key) => last.get(key) ?? []);
    const { promise: done, resolve: release } = Promise.withResolvers<void>();
    for (const key of keys) last.set(key, done);
    await Promise.all(earlier);
    try {
      return await work();
    } finally {
      release();
      for (const key of keys) if (last.get(key) === done) last.delete(key);
    }
  };
}
