// The gateway's book of spending, as the model service asks it: nothing is sent to a provider that is not on it.
import { type Bus, BusError } from '@switchboard/bus';
import { errorFacts, type Reserve, type Settle, SwitchboardError } from '@switchboard/contract';
import type { Log } from '@switchboard/service';
import { ExponentialBackoff, handleWhen, retry } from 'cockatiel';

const reserveMsMax = 5_000;
const settleMsMax = 5_000;
/** Settlements that wait to be taken: past that many the oldest reservation stands in full. */
const unsettledMax = 5_000;
/** The last pauses are half a minute: a gateway that is away for ten is told still. */
const settleTriesMax = 24;
/** What was asked for without an answer may be put on the book so much later, by a gateway that is slow. */
const lateMsMax = 120_000;

export interface Book {
  /** Throws SwitchboardError: `budget-exceeded` or `forbidden` as the gateway says, `unavailable` without one. */
  reserve(attempt: Reserve): Promise<void>;
  /** Said until the gateway has taken it. Never throws, and nobody waits for it. */
  settle(attempt: Settle): void;
  /** What is not settled yet. */
  unsettled(): number;
  /** Resolves when all is settled, or after so long. */
  drain(timeoutMs: number): Promise<void>;
}

const nothing = { promptBytes: 0, promptTokens: 0, completionTokens: 0, costMicros: 0 };

const isUnknown = (error: unknown): boolean => error instanceof BusError && error.info?.code === 'not-found';

/** The gateway may take it another time. */
function isPassing(error: unknown): boolean {
  return !(error instanceof BusError && error.info && errorFacts[error.info.code].retry === 'never');
}

/** `lateUntil`: in milliseconds; until then what is not on the book may yet come there. */
function insist(lateUntil: number) {
  return retry(
    handleWhen((error) => isPassing(error) || (isUnknown(error) && Date.now() < lateUntil)),
    { maxAttempts: settleTriesMax, backoff: new ExponentialBackoff({ initialDelay: 100, maxDelay: 30_000 }) },
  ).dangerouslyUnref();
}

export function createBook(bus: Bus, log: Log): Book {
  const unsettled = new Set<Promise<void>>();

  async function settleNow(message: Settle, lateUntil: number): Promise<void> {
    const { call, attempt } = message;
    try {
      await insist(lateUntil).execute(() =>
        bus.request('settle', {}, message, { timeoutMs: settleMsMax, replier: 'gateway' }),
      );
    } catch (error) {
      if (lateUntil > 0 && isUnknown(error)) return log.info({ call, attempt }, 'it never came onto the book');
      log.error({ call, attempt, err: error }, 'a model call could not be settled: all that was reserved stands');
    }
  }

  function settle(message: Settle, lateUntil = 0): void {
    const { call, attempt } = message;
    if (unsettled.size >= unsettledMax) {
      log.error({ call, attempt }, 'too many model calls wait to be settled: all that was reserved stands');
      return;
    }
    const settling = settleNow(message, lateUntil).finally(() => unsettled.delete(settling));
    unsettled.add(settling);
  }

  return {
    async reserve(message) {
      const { call, attempt, deadline } = message;
      const timeoutMs = Math.max(1, Math.min(reserveMsMax, Date.parse(deadline) - Date.now()));
      try {
        await bus.request('reserve', {}, message, { timeoutMs, replier: 'gateway' });
      } catch (error) {
        if (error instanceof BusError && error.info) throw new SwitchboardError(error.info.code, error.info.message);
        // It may be on the book all the same, or come there yet.
        if (error instanceof BusError && error.kind === 'timeout') {
          settle({ v: 1, call, attempt, ...nothing }, Date.now() + lateMsMax);
        }
        throw new SwitchboardError('unavailable', 'The gateway is away: nothing may be spent on models', {
          cause: error,
        });
      }
    },
    settle: (message) => settle(message),
    unsettled: () => unsettled.size,
    async drain(timeoutMs) {
      const all = Promise.all(unsettled);
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, timeoutMs);
      await Promise.race([all, late]);
      clearTimeout(timer);
    },
  };
}
