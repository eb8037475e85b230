// Claims turns and works on them: so many at a time, each under its own claim, until told to stop.
import type { ClaimedTurn } from '@switchboard/store';
import { expiryOf } from './questions.ts';
import { CancelRequested, type CoordinatorParts, LostClaim, sleep } from './run.ts';
import { createThinking } from './thinking.ts';
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
  /** There may be something to claim in this session. */
  wake(sessionId: string): void;
  /** The person wants the end of a turn that may be worked on here. */
  cancel(turnId: string): void;
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

export function startCoordinator(given: Omit<CoordinatorParts, 'thinking'>): Coordinator {
  const thinking = createThinking(() => nudge());
  const parts: CoordinatorParts = { ...given, thinking };
  const { store, settings, log } = parts;
  const work = createWork(parts);
  const held = new Map<string, Held>();
  const stopping = new AbortController();
  /** Sessions that a turn of is worked on here → whether another one waits behind it. */
  const busy = new Map<string, boolean>();
  /** Sessions that something came into since the last claim began. */
  const woken = new Set<string>();
  let nudge = (): void => {};

  function hold(turn: ClaimedTurn): void {
    // Our own claim had run out before we noticed: what still goes on under it may write nothing.
    held.get(turn.id)?.stop.abort(new LostClaim('claimed again'));
    const stop = new AbortController();
    if (turn.cancelRequested) stop.abort(new CancelRequested());
    busy.set(turn.sessionId, turn.more || woken.has(turn.sessionId));
    const done = work(turn, { turn: stop.signal, draining: stopping.signal }).finally(() => {
      if (held.get(turn.id)?.stop !== stop) return;
      const full = held.size - thinking.size >= settings.inFlightMax;
      held.delete(turn.id);
      const more = busy.get(turn.sessionId);
      busy.delete(turn.sessionId);
      if (full || more) nudge();
    });
    const now = Date.now();
    held.set(turn.id, { turn, stop, done, heldSince: now, renewedAt: now });
  }

  async function claim(): Promise<void> {
    const free = settings.inFlightMax - (held.size - Math.min(thinking.size, settings.thinkingMax));
    if (free <= 0) return;
    woken.clear();
    for (const turn of await store.claims.claim(settings.owner, settings.leaseMs, free)) hold(turn);
  }

  /** When woken, and every now and then: what another gateway gave back tells nobody. */
  async function claimOnAndOn(): Promise<void> {
    while (!stopping.signal.aborted) {
      const { promise: nudged, resolve } = Promise.withResolvers<void>();
      nudge = resolve;
      const timer = setTimeout(resolve, tickMs);
      await claim().catch((error: unknown) => log.warn({ err: error }, 'nothing could be claimed'));
      await nudged;
      clearTimeout(timer);
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
    wake(sessionId) {
      woken.add(sessionId);
      if (busy.has(sessionId)) busy.set(sessionId, true);
      else nudge();
    },
    cancel: (turnId) => held.get(turnId)?.stop.abort(new CancelRequested()),
    async stop() {
      stopping.abort(new LostClaim('draining'));
      nudge();
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
