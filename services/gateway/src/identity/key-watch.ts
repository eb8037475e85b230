// Ends what goes on under a key when the key ends, or has another secret: a stream of events, a long wait.
import type { Log } from '@switchboard/service';
import type { Keys, UsedKey } from '@switchboard/store';

/** What a key has opened stays open for no longer than this after it. */
const lookMs = 400;

export interface Watched {
  /** Aborted when this secret opens the key no longer. */
  readonly signal: AbortSignal;
  stop(): void;
}

export type KeyWatch = (used: UsedKey) => Watched;

interface Entry {
  readonly used: UsedKey;
  readonly ended: AbortController;
  watchers: number;
}

/** One look for all secrets that something goes on under, and none when there are none. */
export function createKeyWatch(keys: Pick<Keys, 'live'>, log: Log): KeyWatch {
  const watched = new Map<string, Entry>();
  let timer: NodeJS.Timeout | undefined;

  async function look(): Promise<void> {
    try {
      const entries = [...watched.values()];
      const live = new Set(await keys.live(entries.map(({ used }) => used)));
      for (const { used, ended } of entries) if (!live.has(used.keyHash)) ended.abort();
    } catch (error) {
      log.warn({ err: error }, 'it could not be looked whether keys have ended');
    } finally {
      timer = watched.size > 0 ? later() : undefined;
    }
  }

  const later = (): NodeJS.Timeout => setTimeout(() => void look(), lookMs).unref();

  return (used) => {
    const { keyHash } = used;
    const entry = watched.get(keyHash) ?? { used, ended: new AbortController(), watchers: 0 };
    entry.watchers += 1;
    watched.set(keyHash, entry);
    if (timer === undefined) timer = later();
    return {
      signal: entry.ended.signal,
      stop() {
        entry.watchers -= 1;
        if (entry.watchers === 0) watched.delete(keyHash);
      },
    };
  };
}
