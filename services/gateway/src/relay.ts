// Empties the outbox into JetStream: sealed, in order within a session, side by side across sessions, by one gateway at a time.
import type { Bus, EventStream } from '@switchboard/bus';
import { streams } from '@switchboard/contract';
import type { Log, Metrics } from '@switchboard/service';
import { crashPoint } from '@switchboard/service';
import type { Store } from '@switchboard/store';
import type { Feed } from './feed.ts';
import { createSealer, type SealedEvent } from './sealer.ts';

const leaseMs = 5_000;
const batchMax = 256;
const idleMs = 1_000;
/** What is written within this time is published together; nobody waits for it. */
const gatherMs = 10;
const publishMsMax = 5_000;

export interface Relay {
  /** Something was written: publish it soon. */
  wake(): void;
  /** Finishes the batch under way and lets another gateway lead. */
  stop(): Promise<void>;
  /** False while events wait because the stream is away. */
  healthy(): boolean;
}

export interface RelayParts {
  readonly store: Pick<Store, 'work' | 'audit'>;
  readonly bus: Bus;
  readonly stream: EventStream;
  /** Told of everything that is published: what another gateway wrote, this one does not hear from the bus. */
  readonly feed: Feed;
  readonly owner: string;
  readonly log: Log;
  readonly metrics: Metrics;
}

export function startRelay({ store, bus, stream, feed, owner, log, metrics }: RelayParts): Relay {
  const published = metrics.counter('switchboard_events_published_total', 'Events acknowledged by the stream');
  const { outbox: record, relay } = store.work;
  const sealer = createSealer(store.audit, bus);
  let stopped = false;
  let healthy = true;
  let aligned: string | undefined;
  let readyUntil = 0;
  let nudge: (() => void) | undefined;
  let awake = false;

  /** One session's events, one after another: a later one must not pass an earlier one that failed. */
  async function publishSession(events: readonly SealedEvent[]): Promise<{ rowId: number; sequence: number }[]> {
    const done: { rowId: number; sequence: number }[] = [];
    for (const { rowId, event, seal } of events) {
      try {
        done.push({ rowId, sequence: await stream.publish(event, seal, publishMsMax) });
        feed.tell([event]);
      } catch (error) {
        log.debug({ err: error, event: event.id }, 'not published; it stays in the outbox');
        break;
      }
    }
    return done;
  }

  async function publishBatch(): Promise<{ found: number; published: number }> {
    const outbox = await sealer.seal(await record.unpublished(batchMax));
    if (outbox.length > 0) crashPoint('G11');
    const bySession = Map.groupBy(outbox, (row) => row.event.session);
    const done = (await Promise.all([...bySession.values()].map(publishSession))).flat();
    if (done.length > 0) crashPoint('G10');
    await record.markPublished(done);
    published.inc(done.length);
    return { found: outbox.length, published: done.length };
  }

  /** Whether this gateway leads, and knows the stream as it is now. Looked up once a second, and after any failure. */
  async function ready(): Promise<boolean> {
    if (healthy && Date.now() < readyUntil) return true;
    if (!(await relay.lead(owner, leaseMs))) return false;
    await sealer.sealRest();
    const state = await stream.state();
    if (state === undefined) throw new Error('the stream SB_EVENTS is not there');
    if (aligned !== state.created || !healthy) {
      const again = await relay.align(state, streams.SB_EVENTS.maxAgeDays);
      if (again > 0) log.warn({ events: again }, 'the stream lacks events: publishing them again');
      aligned = state.created;
    }
    readyUntil = Date.now() + idleMs;
    return true;
  }

  async function round(): Promise<void> {
    while (!stopped && (await ready())) {
      const { found, published: count } = await publishBatch();
      if (count < found) throw new Error(`${found - count} events were not acknowledged`);
      healthy = true;
      if (found < batchMax) return sealer.tellHead();
    }
  }

  async function run(): Promise<void> {
    while (!stopped) {
      awake = false;
      try {
        await round();
      } catch (error) {
        if (healthy) log.warn({ err: error }, 'events wait in the outbox');
        healthy = false;
      }
      await new Promise<void>((resolve) => {
        let timer = setTimeout(resolve, awake && healthy ? gatherMs : idleMs);
        nudge = () => {
          nudge = undefined;
          clearTimeout(timer);
          timer = setTimeout(resolve, gatherMs);
        };
      });
      nudge = undefined;
    }
  }

  const running = run();
  return {
    wake() {
      awake = true;
      if (healthy) nudge?.();
    },
    async stop() {
      stopped = true;
      nudge?.();
      await running;
      await relay.resign(owner).catch(() => {});
    },
    healthy: () => healthy,
  };
}
