// Claims turns and works on them: so many at a time, each under its own claim, until told to stop.
import type { ClaimedTurn } from '@switchboard/store';
import { expiryOf } from './questions.ts';
import { CancelRequested, type CoordinatorParts, LostClaim, sleep } from './run.ts';
import { createWork } from './work.ts';

const tickMs = 500;
const expiredMax = 20;
const drainMsMax = 20_000;
/** A turn that ends its coordinator does so at once, after every claim. */
const steadyMs = 1_000;

interface Held {
  readonly turn: ClaimedTurn;
  readonly stop: AbortController;
  readonly done: Promise<void>;
  readonly heldSince: number;
  renewedAt: number;
}

export interface Coordinator {
  /** There may be something to claim. */
  wake(): void;
  /** The person wants the end of a turn that may be worked on here. */
  cancel(turnId: string): void;
  inFlight(): number;
  /** Claims no more, finishes what can be finished in time, and gives the rest back. */
  stop(): Promise<void>;
}

/** Runs `job` every so often until the signal; a failure is logged, and it goes on. */
async function repeat(parts: CoordinatorParts, signal: AbortSignal, job: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    await job().catch((error: unknown) => parts.log.warn({ err: error }, 'a chore failed'));
    await sleep(tickMs, signal).catch(() => {});
  }
}

/** The end of a question's time is an answer: no. */
async function expireQuestions(parts: CoordinatorParts): Promise<void> {
  for (const question of await parts.store.questions.expired(expiredMax)) {
    const events = await parts.store.questions.expire(expiryOf(question));
    if (events) parts.feed.tell(events);
    parts.published();
  }
}

export function startCoordinator(parts: CoordinatorParts): Coordinator {
  const { store, settings, log } = parts;
  const work = createWork(parts);
  const held = new Map<string, Held>();
  const stopping = new AbortController();
  let nudge = (): void => {};

  function hold(turn: ClaimedTurn): void {
    const stop = new AbortController();
    if (turn.cancelRequested) stop.abort(new CancelRequested());
    const done = work(turn, { turn: stop.signal, draining: stopping.signal }).finally(() => {
      held.delete(turn.id);
      nudge();
    });
    const now = Date.now();
    held.set(turn.id, { turn, stop, done, heldSince: now, renewedAt: now });
  }

  async function claim(): Promise<void> {
    const free = settings.inFlightMax - held.size;
    if (free <= 0) return;
    for (const turn of await store.claims.claim(settings.owner, settings.leaseMs, free)) hold(turn);
  }

  async function claimOnAndOn(): Promise<void> {
    while (!stopping.signal.aborted) {
      const pause = new AbortController();
      nudge = () => pause.abort();
      await claim().catch((error: unknown) => log.warn({ err: error }, 'nothing could be claimed'));
      await sleep(tickMs, AbortSignal.any([stopping.signal, pause.signal])).catch(() => {});
    }
  }

  async function renew(): Promise<void> {
    const now = Date.now();
    const claims = [...held.values()].map(({ turn: { id, epoch }, heldSince }) => {
      return { id, epoch, steady: now - heldSince > steadyMs };
    });
    try {
      const kept = claims.length === 0 ? [] : await store.claims.renew(settings.owner, claims, settings.leaseMs);
      for (const { id, cancelRequested } of kept) {
        const entry = held.get(id);
        if (entry) entry.renewedAt = now;
        if (cancelRequested) entry?.stop.abort(new CancelRequested());
      }
    } finally {
      // What has not been renewed for so long is somebody else's by now.
      for (const { stop, renewedAt } of held.values()) {
        if (Date.now() - renewedAt > settings.leaseMs) stop.abort(new LostClaim('not renewed in time'));
      }
    }
  }

  const renewals = new AbortController();
  const loops = [claimOnAndOn(), repeat(parts, stopping.signal, () => expireQuestions(parts))];
  const renewing = repeat(parts, renewals.signal, renew);
  return {
    wake: () => nudge(),
    cancel: (turnId) => held.get(turnId)?.stop.abort(new CancelRequested()),
    inFlight: () => held.size,
    async stop() {
      stopping.abort(new LostClaim('draining'));
      await Promise.all(loops);
      const late = setTimeout(() => {
        for (const { stop } of held.values()) stop.abort(new LostClaim('draining'));
      }, drainMsMax);
      await Promise.all([...held.values()].map(({ done }) => done));
      clearTimeout(late);
      renewals.abort();
      await renewing;
      await store.claims.release(settings.owner).catch(() => {});
    },
  };
}
