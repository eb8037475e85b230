// The record as it grows, over SSE: read from Postgres first and heard after, so that nothing is missed or repeated.
import { type Event, isTerminal, SwitchboardError } from '@switchboard/contract';
import type { Own } from '@switchboard/store';
import type { FastifyReply } from 'fastify';
import type { Delta } from '../feed.ts';
import type { Caller } from './auth.ts';
import type { HttpDeps } from './deps.ts';
import type { Handlers } from './serve.ts';
import { createStreamLimit } from './stream-limit.ts';
import { findTurn } from './turns.ts';

const pageMax = 500;
/** The last sequence that there can be. */
const sequenceMax = 2 ** 31 - 1;

function lastHeard(headers: { readonly 'last-event-id'?: string | undefined }): number {
  return Math.min(Number(headers['last-event-id'] ?? 0), sequenceMax);
}

/** How often to look when nothing was heard: another gateway may have written while the bus was away. */
const lookMs = 2_000;

interface Following {
  readonly own: Own;
  readonly sessionId: string;
  readonly turnId?: string;
  readonly after: number;
  /** It was over when it was looked up: nothing comes after what is on the record. */
  readonly ended: boolean;
}

interface Message {
  readonly id?: string;
  readonly event: string;
  readonly data: unknown;
}

const terminal = /^turn-(completed|failed|canceled|rejected)$/;

function toMessage(event: Event): Message {
  return { id: String(event.seq), event: event.type, data: event };
}

/** Ends with the turn, the session, the connection or the process. */
async function* follow(
  deps: HttpDeps,
  { own, sessionId, turnId, after, ended }: Following,
  closed: AbortSignal,
): AsyncGenerator<Message> {
  const heard: (Event | Delta)[] = [];
  let wake = (): void => {};
  const take = (told: Event | Delta): void => {
    if (heard.length < pageMax) heard.push(told);
    wake();
  };
  const unhear = deps.feed.hear(sessionId, { event: take, delta: take });
  const stop = AbortSignal.any([closed, deps.stopping]);
  const onStop = (): void => wake();
  stop.addEventListener('abort', onStop);
  let last = after;
  const over = (event: Event): boolean =>
    turnId === undefined ? event.type === 'session-ended' : event.turn === turnId && terminal.test(event.type);
  try {
    while (!stop.aborted) {
      const page = await own.events.after(sessionId, last, pageMax);
      for (const event of page) {
        last = event.seq;
        if (turnId === undefined || event.turn === turnId) yield toMessage(event);
        if (over(event)) return;
      }
      if (page.length === pageMax) continue;
      if (ended) return;
      // What is next in the sequence needs no look at the record; a gap does.
      for (let told = heard.shift(); told !== undefined && !stop.aborted; told = heard.shift()) {
        if (!('seq' in told)) {
          if (turnId === undefined || told.turn === turnId) yield { event: 'delta', data: told };
          continue;
        }
        if (told.seq <= last) continue;
        if (told.seq > last + 1) break;
        last = told.seq;
        if (turnId === undefined || told.turn === turnId) yield toMessage(told);
        if (over(told)) return;
      }
      if (heard.length > 0) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, lookMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
        if (heard.length > 0 || stop.aborted) wake();
      });
    }
  } finally {
    unhear();
    stop.removeEventListener('abort', onStop);
  }
}

interface Listener {
  readonly caller: Caller;
  readonly reply: FastifyReply;
}

/** Also when the caller was gone before we listened: that event does not come twice. */
function whenClosed(reply: FastifyReply, then: () => void): void {
  if (reply.raw.destroyed) then();
  else reply.raw.once('close', then);
}

/** Until it is over, the connection closes or the caller's key ends. */
async function send(deps: HttpDeps, { caller, reply }: Listener, following: Following): Promise<void> {
  const closed = new AbortController();
  whenClosed(reply, () => closed.abort());
  if (closed.signal.aborted) return;
  const key = deps.watchKey(caller);
  try {
    const sending = reply.sse.send(follow(deps, following, AbortSignal.any([closed.signal, key.signal])));
    // It listens now: who follows is told so, and does not wait for the first thing that happens.
    reply.sse.sendHeaders();
    reply.raw.flushHeaders();
    await sending;
  } finally {
    key.stop();
  }
}

export function eventHandlers(deps: HttpDeps): Handlers<'turnEvents' | 'sessionEvents'> {
  const limit = createStreamLimit();
  return {
    async turnEvents({ params, headers, caller, reply }) {
      const { turn } = await findTurn(caller, params.id);
      whenClosed(reply, limit.take(caller.principalId));
      // What the session had been told before is not this turn's, however much it is.
      const first = await caller.own.events.firstOf(turn.id);
      const after = Math.max(lastHeard(headers), first - 1);
      const ended = isTerminal(turn.state);
      const following = { own: caller.own, sessionId: turn.sessionId, turnId: turn.id, after, ended };
      await send(deps, { caller, reply }, following);
    },
    async sessionEvents({ params, headers, caller, reply }) {
      const session = await caller.own.sessions.find(params.id);
      if (!session) throw new SwitchboardError('not-found', 'There is no such session');
      whenClosed(reply, limit.take(caller.principalId));
      const after = lastHeard(headers);
      const ended = session.endedAt !== null;
      await send(deps, { caller, reply }, { own: caller.own, sessionId: session.id, after, ended });
    },
  };
}
