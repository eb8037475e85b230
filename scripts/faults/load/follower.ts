// A client that follows one session's events through every fault, and must see 1, 2, 3 … without a gap or a repeat.
import { setTimeout as delay } from 'node:timers/promises';
import { type Event, eventSchema } from '@switchboard/contract';
import { createParser } from 'eventsource-parser';
import type { Random } from '../random.ts';
import type { Api } from './api.ts';

/** Nothing heard for so long: perhaps the gateway is stopped, so another connection is made. */
const idleMsMax = 4_000;
const pauseMsMin = 100;
const pauseMsMax = 2_000;

export interface Follower {
  readonly session: string;
  last(): number;
  connections(): number;
  /** What was seen out of place. */
  readonly wrong: readonly string[];
  stop(): Promise<void>;
}

export interface FollowOptions {
  readonly api: Api;
  readonly session: string;
  readonly random: Random;
  /** How likely the client hangs up after an event, to come back. */
  readonly hangUp: number;
  readonly onEvent: (event: Event) => void;
}

export function follow({ api, session, random, hangUp, onEvent }: FollowOptions): Follower {
  const stopping = new AbortController();
  const wrong: string[] = [];
  let last = 0;
  let connections = 0;

  async function readStream(): Promise<void> {
    const hangingUp = new AbortController();
    let idle = setTimeout(() => hangingUp.abort(), idleMsMax);
    const parser = createParser({
      onEvent(message) {
        // What has arrived behind the event at which the client hung up is not looked at: it will be told again.
        if (message.id === undefined || hangingUp.signal.aborted) return;
        const event = eventSchema.parse(JSON.parse(message.data));
        if (event.seq !== last + 1) wrong.push(`${event.seq} after ${last}`);
        last = event.seq;
        onEvent(event);
        if (random.chance(hangUp)) hangingUp.abort();
      },
    });
    const signal = AbortSignal.any([stopping.signal, hangingUp.signal]);
    const decoder = new TextDecoder();
    try {
      const stream = await api.follow(session, last, signal);
      connections++;
      for await (const chunk of stream) {
        clearTimeout(idle);
        idle = setTimeout(() => hangingUp.abort(), idleMsMax);
        parser.feed(decoder.decode(chunk, { stream: true }));
        if (signal.aborted) return;
      }
    } finally {
      clearTimeout(idle);
    }
  }

  async function run(): Promise<void> {
    let pauseMs = pauseMsMin;
    while (!stopping.signal.aborted) {
      const before = connections;
      await readStream().catch(() => {});
      pauseMs = connections > before ? pauseMsMin : Math.min(2 * pauseMs, pauseMsMax);
      const jitteredMs = random.integer(pauseMs / 2, pauseMs);
      await delay(jitteredMs, undefined, { signal: stopping.signal }).catch(() => {});
    }
  }

  const running = run();
  return {
    session,
    wrong,
    last: () => last,
    connections: () => connections,
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
