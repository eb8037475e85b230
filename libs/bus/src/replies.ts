// Answers to requests: one subscription for each replier, a random last token for each request.
import { randomUUID } from 'node:crypto';
import type { Msg, NatsConnection, Subscription } from 'nats';
import { BusError } from './errors.ts';

export interface Replies {
  /**
   * An address under `inbox` where only this one answer is taken, and the answer. Rejects with BusError `timeout` after
   * `timeoutMs` without a word or when the connection is lost: it may have been acted on. `onPiece` hears what comes
   * before the answer.
   */
  expect(inbox: string, timeoutMs: number, doing: string, onPiece: (piece: Msg) => void): Expected;
  /** Nothing that was asked before will be answered on a new connection. */
  lost(): void;
}

export interface Expected {
  readonly address: string;
  readonly answer: Promise<Msg>;
  /** It was not asked after all. */
  cancel(): void;
}

/** Marks a piece of an answer that is still to come. */
export const pieceHeader = 'sb-piece';

interface Pending {
  readonly onPiece: (piece: Msg) => void;
  settle(answer: Msg | BusError): void;
}

/** The tokens cannot be foreseen, so that whoever may publish under an inbox can still answer only what it was asked. */
export function createReplies(nc: NatsConnection): Replies {
  const connection = randomUUID();
  const subscriptions = new Map<string, Subscription>();
  const pending = new Map<string, Pending>();

  function subscribe(inbox: string): void {
    const subscription = nc.subscribe(`${inbox}.${connection}.*`, {
      callback(error, msg) {
        // A subscription that broke is made anew by the next request.
        if (error) return void subscriptions.delete(inbox);
        const asked = pending.get(msg.subject);
        if (msg.headers?.get(pieceHeader)) asked?.onPiece(msg);
        else asked?.settle(msg);
      },
    });
    subscriptions.set(inbox, subscription);
  }

  return {
    expect(inbox, timeoutMs, doing, onPiece) {
      if (subscriptions.get(inbox)?.isClosed() ?? true) subscribe(inbox);
      const address = `${inbox}.${connection}.${randomUUID()}`;
      const { promise: answer, resolve, reject } = Promise.withResolvers<Msg>();
      const cancel = (): void => {
        clearTimeout(timer);
        pending.delete(address);
      };
      const settle = (result: Msg | BusError): void => {
        cancel();
        if (result instanceof BusError) reject(result);
        else resolve(result);
      };
      const late = (): void => settle(new BusError('timeout', `${doing}: no answer in ${timeoutMs} ms`));
      const timer = setTimeout(late, timeoutMs);
      const hear = (piece: Msg): void => {
        timer.refresh();
        onPiece(piece);
      };
      pending.set(address, { onPiece: hear, settle });
      return { address, answer, cancel };
    },
    lost() {
      for (const { settle } of [...pending.values()]) settle(new BusError('timeout', 'the connection was lost'));
    },
  };
}
