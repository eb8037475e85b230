// Ends what goes on under a key when the key ends: a stream of events, a long wait.
import type { Log } from '@switchboard/service';
import type { Keys } from '@switchboard/store';

/** A key that has ended opens nothing for longer than this. */
const lookMs = 400;

export interface Watched {
  /** Aborted when the key has ended. */
  readonly signal: AbortSignal;
  stop(): void;
}

export type KeyWatch = (keyId: string) => Watched;

interface Entry {
  readonly ended: AbortController;
  watchers: number;
}

/** One look for all keys that something goes on under, and none when there are none. */
export function createKeyWatch(keys: Pick<Keys, 'live'>, log: Log): KeyWatch {
  const watched = new Map<string, Entry>();
  let timer: NodeJS.Timeout | undefined;

  async function look(): Promise<void> {
    try {
      const ids = [...watched.keys()];
      const live = new Set(await keys.live(ids));
      for (const id of ids) if (!live.has(id)) watched.get(id)?.ended.abort();
    } catch (error) {
      log.warn({ err: error }, 'it could not be looked whether keys have ended');
    } finally {
      timer = watched.size > 0 ? later() : undefined;
    }
  }

  const later = (): NodeJS.Timeout => setTimeout(() => void look(), lookMs).unref();

  return (keyId) => {
    const entry = watched.get(keyId) ?? { ended: new AbortController(), watchers: 0 };
    entry.watchers += 1;
    watched.set(keyId, entry);
    if (timer === undefined) timer = later();
    return {
      signal: entry.ended.signal,
      stop() {
        entry.watchers -= 1;
        if (entry.watchers === 0) watched.delete(keyId);
      },
    };
  };
}
