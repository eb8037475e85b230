// What has just happened, told to whoever waits in this process. A hint only: the record is in Postgres.
import { EventEmitter } from 'node:events';
import type { Event, MessageOf } from '@switchboard/contract';

export interface Delta {
  readonly turn: string;
  /** Of the invocation, or of the thought, that it is a piece of. */
  readonly invocation: string;
  readonly kind: MessageOf<'progress'>['kind'];
  readonly text: string;
}

export interface Feed {
  /** May tell the same event twice: once from here, once from the bus. */
  tell(events: readonly Event[]): void;
  tellDelta(delta: Delta): void;
  /** Hears one session until the returned function is called. */
  hear(session: string, listener: { event(event: Event): void; delta?(delta: Delta): void }): () => void;
  /** Remembers which session a turn is in, for deltas; forgotten when the turn ends. */
  follow(turn: string, session: string): void;
}

export function createFeed(): Feed {
  const emitter = new EventEmitter();
  emitter.setMaxListeners(0);
  const sessions = new Map<string, string>();
  return {
    tell(events) {
      for (const event of events) {
        emitter.emit(event.session, 'event', event);
        if (event.turn !== null && /^turn-(completed|failed|canceled|rejected)$/.test(event.type)) {
          sessions.delete(event.turn);
        }
      }
    },
    tellDelta(delta) {
      const session = sessions.get(delta.turn);
      if (session !== undefined) emitter.emit(session, 'delta', delta);
    },
    hear(session, listener) {
      const on = (kind: 'event' | 'delta', told: Event | Delta): void => {
        if (kind === 'event') listener.event(told as Event);
        else listener.delta?.(told as Delta);
      };
      emitter.on(session, on);
      return () => emitter.off(session, on);
    },
    follow(turn, session) {
      sessions.set(turn, session);
    },
  };
}
