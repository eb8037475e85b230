// Stays connected to an XMPP server: one session after another, ever more slowly while it cannot be reached.
import { setTimeout as delay } from 'node:timers/promises';
import { SwitchboardError } from '@switchboard/contract';
import type { Log } from '@switchboard/service';
import { openSession, type Session, type SessionOptions, until } from './session.ts';

/** A session that held for so long shows that the server is well. */
const wellAfterMs = 60_000;
/** A wrong password does not become right: asking for it again and again locks accounts. */
const refusedWaitMs = 300_000;

export interface ConnectionOptions extends SessionOptions {
  readonly log: Log;
  /** Between two attempts, in milliseconds: at first, and at most. */
  readonly retryMs?: { readonly first: number; readonly most: number };
}

export interface Connection<Attached> {
  /**
   * Waits until there is a session. Who gives a `patience` waits until that is aborted, and not at all while the server
   * refuses to let the agent in: throws SwitchboardError `unavailable` then. Throws the signal's reason.
   */
  current(signal: AbortSignal, patience?: AbortSignal): Promise<Attached>;
  /** The session of now, if there is one. */
  now(): Attached | undefined;
  /** Within a second. */
  close(): Promise<void>;
}

/** `attach` makes of each new session what its users need, before the server hands anything over. */
export function stayConnected<Attached extends { readonly session: Session }>(
  options: ConnectionOptions,
  attach: (session: Session) => Attached,
): Connection<Attached> {
  const { log, service, address, retryMs = { first: 1_000, most: 60_000 } } = options;
  const closing = new AbortController();
  let next = Promise.withResolvers<Attached>();
  let now: Attached | undefined;
  /** Aborted while the server does not let this agent in, with words for a person. */
  let refused = new AbortController();
  let problem = '';

  async function live(): Promise<void> {
    const session = await openSession(options, closing.signal);
    now = attach(session);
    try {
      await session.appear();
      if (refused.signal.aborted) refused = new AbortController();
      log.info({ service, address }, 'connected to the chat server');
      next.resolve(now);
      await until(new Promise<never>(() => undefined), session.over);
    } finally {
      now = undefined;
      next = Promise.withResolvers<Attached>();
      await session.close();
    }
  }

  async function run(): Promise<void> {
    let failures = 0;
    while (!closing.signal.aborted) {
      const began = Date.now();
      const error = await live().catch((thrown: unknown) => thrown);
      if (closing.signal.aborted) return;
      failures = Date.now() - began > wellAfterMs ? 0 : failures + 1;
      problem = error instanceof Error ? ` (${error.message})` : '';
      const refusal = refusalOf(error);
      if (refusal !== undefined) refused.abort(refusal);
      log.warn({ service, address, failures, err: error }, 'the chat server is not there');
      const backoff = Math.min(retryMs.most, retryMs.first * 2 ** Math.max(0, failures - 1));
      const waitMs = refusal === undefined ? backoff * (0.5 + Math.random() / 2) : refusedWaitMs;
      await delay(waitMs, undefined, { signal: closing.signal }).catch(() => undefined);
    }
  }

  const running = run();
  return {
    now: () => now,
    async current(signal, patience) {
      const impatience = patience === undefined ? [] : [patience, refused.signal];
      try {
        return await until(next.promise, AbortSignal.any([signal, closing.signal, ...impatience]));
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof SwitchboardError) throw error;
        throw new SwitchboardError('unavailable', `The chat server ${service} is not there${problem}.`, {
          cause: error,
        });
      }
    },
    async close() {
      closing.abort(new Error('the agent is ending'));
      await now?.session.close();
      await running;
    },
  };
}

/** What trying again will not change. */
function refusalOf(error: unknown): SwitchboardError | undefined {
  if (!(error instanceof Error) || error.name !== 'SASLError') return undefined;
  const where = 'look at XMPP_JID and XMPP_PASSWORD_FILE';
  const words = `The chat server does not let this agent in (${error.message}): ${where}.`;
  return new SwitchboardError('unavailable', words, { cause: error });
}
