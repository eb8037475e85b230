// The messages that a session has been handed and nobody has looked at yet: few, and none silently lost.
import { once } from 'node:events';
import { namespaces } from './namespaces.ts';
import type { Element } from './read-message.ts';
import type { Session } from './session.ts';

/** More than this at once is a flood, or comes faster than it can be put on disk. */
const stanzasMax = 200;

export interface Inbox {
  /** All that is in it, which is empty then. */
  takeAll(): Element[];
  /** Resolves when something has come since the last `takeAll`, or after `ms`. Throws when the session is over. */
  arrival(ms: number, signal: AbortSignal): Promise<void>;
}

/**
 * Everything that comes in from now on; what does not fit is given to `onOverflow`. What the server's archive holds is
 * read from there, so of that it only keeps that something came.
 */
export function openInbox(session: Session, onOverflow: (stanza: Element) => void): Inbox {
  const arrivals = new EventTarget();
  let stanzas: Element[] = [];
  let stirred = false;
  session.onMessage((stanza) => {
    if (stanza.getChild('result', namespaces.archive) !== undefined) return;
    if (!session.hasArchive) {
      if (stanzas.length >= stanzasMax) return onOverflow(stanza);
      stanzas.push(stanza);
    }
    stirred = true;
    arrivals.dispatchEvent(new Event('arrival'));
  });
  return {
    takeAll() {
      const all = stanzas;
      stanzas = [];
      stirred = false;
      return all;
    },
    async arrival(ms, signal) {
      const enough = AbortSignal.any([signal, session.over, AbortSignal.timeout(ms)]);
      if (!stirred) await once(arrivals, 'arrival', { signal: enough }).catch(() => undefined);
      signal.throwIfAborted();
      session.over.throwIfAborted();
    },
  };
}
