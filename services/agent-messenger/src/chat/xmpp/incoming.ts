// Reads what was said to the account: out of the server's archive where it keeps one, else as it comes.
import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '@switchboard/service';
import type { Arrival, IncomingChat } from '../network.ts';
import { delayedSince, errorStanza, receiptStanza } from './answer-stanzas.ts';
import { type Archived, archivedAfter, positionOf, readPosition } from './archive.ts';
import type { Connection } from './connection.ts';
import type { Inbox } from './inbox.ts';
import { type Element, messageId, type ReadMessage, readMessage } from './read-message.ts';
import { type Session, until } from './session.ts';

/** The archive is looked into when something comes, and once in a while all the same. */
const lookEveryMs = 30_000;
/** After a session has ended, or an archive has not answered. */
const readAgainMs = 500;

export interface Attached {
  readonly session: Session;
  readonly inbox: Inbox;
}

export interface Incoming {
  readonly own: string;
  readonly connection: Connection<Attached>;
  readonly log: Log;
  /** Over the session of now, if there is one. */
  readonly sayBack: (stanza: Element) => void;
}

/** As ChatNetwork.incoming promises. */
export async function* readIncoming(
  reading: Incoming,
  after: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<Arrival, never> {
  let position = after;
  for (;;) {
    signal.throwIfAborted();
    try {
      const attached = await reading.connection.current(signal);
      const read = attached.session.hasArchive ? fromArchive : asTheyCome;
      for await (const arrival of read(reading, attached, position, signal)) {
        position = arrival.position ?? position;
        yield arrival;
      }
    } catch (error) {
      signal.throwIfAborted();
      reading.log.debug({ err: error }, 'reading chat messages on');
      await delay(readAgainMs, undefined, { signal });
    }
  }
}

/** The archive is the one source: a message that comes in only says that there is something new in it. */
async function* fromArchive(
  reading: Incoming,
  { session, inbox }: Attached,
  after: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<Arrival, never> {
  let position = readPosition(after) ?? {};
  for (;;) {
    inbox.takeAll();
    const page = await until(archivedAfter(session, reading.own, position), signal);
    for (const entry of page.entries) {
      position = positionOf(entry);
      yield arrivalOf(reading, entry.message, entry);
    }
    if (page.complete) await inbox.arrival(lookEveryMs, signal);
  }
}

async function* asTheyCome(
  reading: Incoming,
  { inbox }: Attached,
  _after: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<Arrival, never> {
  for (;;) {
    for (const stanza of inbox.takeAll()) yield arrivalOf(reading, stanza);
    await inbox.arrival(lookEveryMs, signal);
  }
}

function arrivalOf(reading: Incoming, stanza: Element, archived?: Archived): Arrival {
  const position = archived && { position: JSON.stringify(positionOf(archived)) };
  const read = readMessage(stanza, reading.own);
  if (read === undefined) return { ...position };
  if (read.refused === undefined) return { ...position, message: incomingChat(reading, stanza, read, archived) };
  reading.sayBack(errorStanza(read, read.refused));
  return { ...position };
}

function incomingChat(
  { own, sayBack }: Incoming,
  stanza: Element,
  read: ReadMessage,
  archived: Archived | undefined,
): IncomingChat {
  const { from, text, wantsReceipt, stanzaId } = read;
  return {
    id: messageId(stanza, read, own, archived?.id),
    from,
    // The server of the address stamps it, and ours has made sure that it is that server.
    authenticated: true,
    text,
    sentAt: archived?.at ?? delayedSince(stanza) ?? new Date(),
    taken() {
      if (wantsReceipt && stanzaId !== undefined) sayBack(receiptStanza(read, stanzaId));
    },
    giveBack: (why) => sayBack(errorStanza(read, why)),
  };
}
