// Says that the model service is here, and which models it has: every two seconds, and whenever that changes.
import type { Bus } from '@switchboard/bus';
import type { Model } from './model.ts';

const everyMs = 2_000;

export interface Presence {
  /** Now, where the bus is there to say it on. */
  say(): void;
  stop(): void;
}

/** Asks no provider: a model is up until a call has shown that it is not. */
export function createPresence(bus: Bus, models: readonly Model[]): Presence {
  const say = (): void => {
    if (!bus.connected()) return;
    bus.publish('modelHere', {}, { v: 1, models: models.map((model) => model.here()), intervalMs: everyMs });
  };
  const timer = setInterval(say, everyMs);
  return { say, stop: () => clearInterval(timer) };
}
