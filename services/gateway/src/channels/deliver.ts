// Claims deliveries and sends them: some at a time, each under its own claim, until told to stop.
import type { ClaimedDelivery } from '@switchboard/store';
import { LostClaim } from '../coordinator/run.ts';
import { type SendParts, send } from './send.ts';

const tickMs = 500;
const inFlightMax = 8;
/** Who waits longer for a turn does not mind the tick. */
const expectMsMax = 60_000;
const resting = /^(turn-(completed|failed|canceled|rejected)|question-asked)$/;

export interface DeliveryWorker {
  /** A turn of this session will rest soon: what it has queued is looked for then, and not with the next tick. */
  expect(sessionId: string): void;
  /** Claims no more, and leaves what is under way to be asked about by whoever claims it next. */
  stop(): Promise<void>;
}

export interface DeliverySettings {
  /** Of this process; a new one after every start. */
  readonly owner: string;
  readonly leaseMs: number;
}

interface Held {
  readonly delivery: ClaimedDelivery;
  readonly stop: AbortController;
  readonly done: Promise<void>;
  renewedAt: number;
}

export function startDeliveries(parts: SendParts, { owner, leaseMs }: DeliverySettings): DeliveryWorker {
  const { deliveries, feed, log } = parts;
  const held = new Map<string, Held>();
  const stopping = new AbortController();
  let nudge = (): void => {};

  /** Never rejects: what cannot be written now is claimed again when the claim has run out. */
  async function work(delivery: ClaimedDelivery, signal: AbortSignal): Promise<void> {
    const about = { delivery: delivery.id, epoch: delivery.epoch };
    try {
      await send(parts, delivery, signal);
    } catch (error) {
      if (error instanceof LostClaim) return log.info({ ...about, why: error.message }, 'claim lost; dropped');
      log.error({ ...about, err: error }, 'a delivery stumbled; it will be claimed again');
    }
  }

  function hold(delivery: ClaimedDelivery): void {
    // Our own claim had run out before we noticed.
    held.get(delivery.id)?.stop.abort(new LostClaim('claimed again'));
    const stop = new AbortController();
    const done = work(delivery, AbortSignal.any([stop.signal, stopping.signal])).finally(() => {
      if (held.get(delivery.id)?.stop === stop) held.delete(delivery.id);
      // The next one of its thread waits for this.
      nudge();
    });
    held.set(delivery.id, { delivery, stop, done, renewedAt: Date.now() });
  }

  async function claim(): Promise<void> {
    const free = inFlightMax - held.size;
    if (free <= 0) return;
    for (const delivery of await deliveries.claim(owner, leaseMs, free)) hold(delivery);
  }

  async function renew(): Promise<void> {
    const now = Date.now();
    const fences = [...held.values()].map(({ delivery: { id, epoch } }) => ({ id, epoch }));
    try {
      const kept = fences.length === 0 ? [] : await deliveries.renew(owner, fences, leaseMs);
      for (const id of kept) {
        const entry = held.get(id);
        if (entry) entry.renewedAt = now;
      }
    } finally {
      // What has not been renewed for so long is somebody else's by now.
      for (const { stop, renewedAt } of held.values()) {
        if (Date.now() - renewedAt > leaseMs) stop.abort(new LostClaim('not renewed in time'));
      }
    }
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      const { promise: nudged, resolve } = Promise.withResolvers<void>();
      nudge = resolve;
      const timer = setTimeout(resolve, tickMs);
      for (const job of [renew, claim]) {
        await job().catch((error: unknown) => log.warn({ err: error }, 'a chore of the deliveries failed'));
      }
      await nudged;
      clearTimeout(timer);
    }
  }

  const running = run();
  return {
    expect(sessionId) {
      const stop = feed.hear(sessionId, {
        event({ type }) {
          if (!resting.test(type)) return;
          stop();
          nudge();
        },
      });
      setTimeout(stop, expectMsMax).unref();
    },
    async stop() {
      stopping.abort(new LostClaim('draining'));
      nudge();
      await running;
      await Promise.all([...held.values()].map(({ done }) => done));
      await deliveries.release(owner).catch(() => {});
    },
  };
}
