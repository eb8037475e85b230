// How many calls run at a time, and how many may wait for it.
import { SwitchboardError } from '@switchboard/contract';

export interface Slots {
  /**
   * Waits for a slot, first come first served; the function it resolves with gives the slot back. Rejects with
   * `overloaded` when too many wait, with the signal's reason when that is aborted, and with what `close` was given.
   */
  take(signal: AbortSignal): Promise<() => void>;
  /** From now on nobody gets a slot. */
  close(reason: SwitchboardError): void;
}

interface Waiter {
  readonly start: () => void;
  readonly refuse: (reason: unknown) => void;
}

export function createSlots(count: number, waitingMax: number): Slots {
  const waiting = new Set<Waiter>();
  let taken = 0;
  let closed: SwitchboardError | undefined;

  const release = (): void => {
    const [next] = waiting;
    if (next === undefined) taken--;
    else next.start();
  };
  /** A slot is given back once, however often its holder says so. */
  const once = (): (() => void) => {
    let held = true;
    return () => {
      if (held) release();
      held = false;
    };
  };

  return {
    async take(signal) {
      signal.throwIfAborted();
      if (closed !== undefined) throw closed;
      if (taken < count) {
        taken++;
        return once();
      }
      if (waiting.size >= waitingMax) throw new SwitchboardError('overloaded', `${waitingMax} calls are waiting`);
      return new Promise((resolve, reject) => {
        const leave = (): void => {
          waiting.delete(waiter);
          signal.removeEventListener('abort', canceled);
        };
        const waiter: Waiter = {
          start() {
            leave();
            resolve(once());
          },
          refuse(reason) {
            leave();
            reject(reason);
          },
        };
        const canceled = (): void => waiter.refuse(signal.reason);
        waiting.add(waiter);
        signal.addEventListener('abort', canceled);
      });
    },
    close(reason) {
      closed = reason;
      for (const waiter of waiting) waiter.refuse(reason);
    },
  };
}
