// Calls by their id: one that is under way is joined, one that was answered is answered again, and neither is paid twice.
import { randomInt } from 'node:crypto';
import { type ModelPiece, type ModelReply, type ModelRequest, SwitchboardError } from '@switchboard/contract';
import { LRUCache } from 'lru-cache';
import { createPieces } from './pieces.ts';
import type { Think } from './think.ts';

const keptMsMax = 10 * 60_000;
const keptCallsMax = 2_000;
const keptBytesMax = 32 * 1024 * 1024;
const numbersMax = 20_000;
/** At one call, however often it is asked. */
const attemptsMax = 100;
/** Together within what the contract takes. */
const attemptsOfProcessMax = 19_000_000;
/** However far a deadline lies. */
const callMsMax = 10 * 60_000;

export type Say = (piece: ModelPiece) => void;

export interface Calls {
  /** Rejects with SwitchboardError. */
  ask(asker: string, request: ModelRequest, say: Say): Promise<ModelReply>;
  /** Nobody waits for it any more: it is broken off, and forgotten. */
  drop(asker: string, id: string): void;
  /** Under way. */
  open(): number;
  /** Waits for what is under way at most so long, and breaks off the rest. */
  drain(timeoutMs: number): Promise<void>;
}

interface Call {
  readonly answer: Promise<ModelReply>;
  readonly listeners: Set<Say>;
  /** A later deadline counts: whoever joins may have more time than whoever asked first. */
  allow(deadlineMs: number): void;
  breakOff(reason: SwitchboardError): void;
}

/** Rejects when the signal is aborted, with its reason. */
function aborted(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  return promise;
}

export function createCalls(think: Think): Calls {
  const underWay = new Map<string, Call>();
  const answered = new LRUCache<string, ModelReply>({
    max: keptCallsMax,
    maxSize: keptBytesMax,
    sizeCalculation: (reply) => 500 + 2 * (reply.text.length + (reply.call?.arguments.length ?? 0)),
    ttl: keptMsMax,
  });
  /** By the id alone, as the gateway's book has them: an attempt that is on it would not be put there again. */
  const numbers = new LRUCache<string, number>({ max: numbersMax });
  // What a model service that died has reserved stands: its attempts are not taken for ours.
  const first = randomInt(attemptsOfProcessMax) * attemptsMax;
  const nextAttempt = (id: string): number | undefined => {
    const number = (numbers.get(id) ?? 0) + 1;
    numbers.set(id, number);
    return number > attemptsMax ? undefined : first + number;
  };

  function begin(asker: string, request: ModelRequest): Call {
    const ending = new AbortController();
    const listeners = new Set<Say>();
    let deadlineMs = 0;
    let timer: NodeJS.Timeout | undefined;
    const late = (): void => ending.abort(new SwitchboardError('deadline-exceeded', 'No model answered in time'));
    const allow = (until: number): void => {
      const bounded = Math.min(until, Date.now() + callMsMax);
      if (bounded <= deadlineMs) return;
      deadlineMs = bounded;
      clearTimeout(timer);
      timer = setTimeout(late, deadlineMs - Date.now());
    };
    allow(Date.parse(request.deadline));
    const thinking = think({
      request,
      asker,
      nextAttempt: () => nextAttempt(request.id),
      deadline: () => new Date(deadlineMs).toISOString(),
      signal: ending.signal,
      pieces: createPieces((piece) => {
        for (const say of listeners) say(piece);
      }),
    });
    return {
      answer: Promise.race([thinking, aborted(ending.signal)]).finally(() => clearTimeout(timer)),
      listeners,
      allow,
      breakOff: (reason) => ending.abort(reason),
    };
  }

  return {
    async ask(asker, request, say) {
      const deadlineMs = Date.parse(request.deadline);
      if (deadlineMs <= Date.now()) throw new SwitchboardError('deadline-exceeded', 'It came too late to be answered');
      // Nobody is told what another has asked.
      const key = `${asker} ${request.id}`;
      const known = answered.get(key);
      if (known) return known;
      let call = underWay.get(key);
      if (call === undefined) {
        call = begin(asker, request);
        underWay.set(key, call);
        const forget = (): void => void underWay.delete(key);
        call.answer
          .then(
            (reply) => answered.set(key, reply),
            () => undefined,
          )
          .finally(forget);
      }
      call.allow(deadlineMs);
      if (request.stream) call.listeners.add(say);
      return call.answer;
    },
    drop(asker, id) {
      underWay.get(`${asker} ${id}`)?.breakOff(new SwitchboardError('canceled', 'Nobody waits for it any more'));
    },
    open: () => underWay.size,
    async drain(timeoutMs) {
      const calls = [...underWay.values()];
      // Not `unavailable`, which says that all was tried: whoever asks again is answered by the next process.
      const reason = new SwitchboardError('overloaded', 'The model service is stopping');
      const timer = setTimeout(() => {
        for (const call of calls) call.breakOff(reason);
      }, timeoutMs);
      await Promise.allSettled(calls.map(({ answer }) => answer));
      clearTimeout(timer);
    },
  };
}
