// Claims turns and drives them: so many at a time, each under its own claim, until told to stop.
import { type ErrorInfo, SwitchboardError } from '@switchboard/contract';
import type { ClaimedTurn, Transition } from '@switchboard/store';
import { drive } from './drive.ts';
import { expiryOf } from './questions.ts';
import { CancelRequested, type CoordinatorParts, commit, LostClaim, type Run, sleep } from './run.ts';
import { told } from './told.ts';

const tickMs = 500;
const waitMs = 1_000;
const failedPauseMs = 1_000;
const drainMsMax = 20_000;

interface Held {
  readonly turn: ClaimedTurn;
  readonly stop: AbortController;
  readonly done: Promise<void>;
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

export function startCoordinator(parts: CoordinatorParts): Coordinator {
  const { store, settings, log } = parts;
  const held = new Map<string, Held>();
  const stopping = new AbortController();
  const draining = new AbortController();
  let nudge = (): void => {};
  /** Turns that have been told once that they wait. */
  const waiting = new Set<string>();

  async function finish(
    run: Run,
    change: Omit<Transition, 'events'> & { state: 'failed' | 'canceled'; error: ErrorInfo },
  ): Promise<void> {
    await commit(parts, run, { ...change, events: [told.over(change.state, change.error)] });
  }

  async function wait(run: Run, agent: string): Promise<void> {
    if (Date.now() >= run.turn.deadline.getTime()) {
      return finish(run, {
        state: 'failed',
        error: { code: 'agent-unavailable', message: `${agent} did not come back in time` },
      });
    }
    if (!waiting.has(run.turn.id) || run.pending.events.length > 0) {
      waiting.add(run.turn.id);
      await commit(parts, run, { state: 'submitted', notBeforeMs: waitMs, events: [told.waiting(agent)] });
    } else if (!(await store.claims.defer(run.fence, waitMs, true))) throw new LostClaim();
  }

  async function afterError(run: Run, error: unknown): Promise<void> {
    if (error instanceof LostClaim) return log.info({ turn: run.turn.id }, 'claim lost; dropped');
    if (error instanceof CancelRequested) {
      return finish(run, { state: 'canceled', error: { code: 'canceled', message: 'It was canceled' } });
    }
    if (error instanceof SwitchboardError) {
      return finish(run, { state: 'failed', error: error.toInfo(), deadLetter: error.code === 'poison' });
    }
    log.error({ err: error, turn: run.turn.id }, 'a turn stumbled; it will be claimed again');
    await store.claims.defer(run.fence, failedPauseMs, false);
  }

  async function work(turn: ClaimedTurn, signal: AbortSignal): Promise<void> {
    const { id, epoch } = turn;
    const log = parts.log.child({ turn: id, epoch });
    const patience = AbortSignal.any([signal, draining.signal]);
    let run: Run = {
      turn,
      fence: { id, epoch },
      log,
      signal,
      patience,
      invocations: [],
      answered: [],
      pending: { events: [] },
    };
    try {
      parts.feed.follow(id, turn.sessionId);
      if (epoch > 1) {
        const [invocations, answered] = await Promise.all([store.turns.invocations(id), store.questions.answered(id)]);
        run = { ...run, invocations, answered };
      }
      const driven = await drive(parts, run);
      if (driven.kind === 'waits') await wait(run, driven.agent);
      else waiting.delete(id);
    } catch (error) {
      await afterError(run, error).catch((worse: unknown) => {
        if (!(worse instanceof LostClaim)) log.error({ err: worse }, 'the end of a turn could not be written');
      });
    }
  }

  function hold(turn: ClaimedTurn): void {
    const stop = new AbortController();
    if (turn.cancelRequested) stop.abort(new CancelRequested());
    const done = work(turn, stop.signal).finally(() => {
      held.delete(turn.id);
      nudge();
    });
    held.set(turn.id, { turn, stop, done, renewedAt: Date.now() });
  }

  async function claim(): Promise<void> {
    const free = settings.inFlightMax - held.size;
    if (free <= 0) return;
    const turns = await store.claims.claim(settings.owner, settings.leaseMs, free);
    for (const turn of turns) hold(turn);
  }

  async function renew(): Promise<void> {
    if (held.size === 0) return;
    const now = Date.now();
    const fences = [...held.values()].map(({ turn }) => ({ id: turn.id, epoch: turn.epoch }));
    const kept = await store.claims.renew(settings.owner, fences, settings.leaseMs);
    for (const { id, cancelRequested } of kept) {
      const entry = held.get(id);
      if (entry) entry.renewedAt = now;
      if (cancelRequested) entry?.stop.abort(new CancelRequested());
    }
  }

  async function expire(): Promise<void> {
    for (const question of await store.questions.expired(20)) {
      const events = await store.questions.expire(expiryOf(question));
      if (events) parts.feed.tell(events);
      parts.published();
    }
  }

  async function chores(): Promise<void> {
    while (!stopping.signal.aborted) {
      await sleep(tickMs, stopping.signal).catch(() => {});
      for (const job of [renew, expire]) {
        await job().catch((error: unknown) => log.warn({ err: error }, 'a chore failed'));
      }
      for (const { turn, stop, renewedAt } of held.values()) {
        if (Date.now() - renewedAt > settings.leaseMs) stop.abort(new LostClaim(`turn ${turn.id} was not renewed`));
      }
    }
  }

  async function claims(): Promise<void> {
    while (!stopping.signal.aborted) {
      const woken = new Promise<void>((resolve) => {
        nudge = resolve;
      });
      await claim().catch((error: unknown) => log.warn({ err: error }, 'nothing could be claimed'));
      const pause = new AbortController();
      await Promise.race([woken, sleep(tickMs, AbortSignal.any([stopping.signal, pause.signal])).catch(() => {})]);
      pause.abort();
    }
  }

  const loops = [claims(), chores()];
  return {
    wake: () => nudge(),
    cancel: (turnId) => held.get(turnId)?.stop.abort(new CancelRequested()),
    inFlight: () => held.size,
    async stop() {
      stopping.abort();
      draining.abort(new LostClaim('draining'));
      nudge();
      await Promise.all(loops);
      const all = Promise.all([...held.values()].map(({ done }) => done));
      const keep = setInterval(() => void renew().catch(() => {}), tickMs);
      await Promise.race([all, new Promise((resolve) => setTimeout(resolve, drainMsMax))]);
      clearInterval(keep);
      for (const { stop } of held.values()) stop.abort(new LostClaim('draining'));
      await store.claims.release(settings.owner).catch(() => {});
    },
  };
}
