// XMPP as a chat network: sends, finds again what was sent, and reads on where it stopped.
import { setTimeout as delay } from 'node:timers/promises';
import { SkillError, SwitchboardError } from '@switchboard/contract';
import type { ChatNetwork, OutgoingChat, Sent } from '../network.ts';
import { bareAddress } from './address.ts';
import { errorStanza } from './answer-stanzas.ts';
import { archiveHolds, newestPosition } from './archive.ts';
import { type Connection, type ConnectionOptions, stayConnected } from './connection.ts';
import { openInbox } from './inbox.ts';
import { type Attached, type Incoming, readIncoming } from './incoming.ts';
import { type Element, readMessage } from './read-message.ts';
import { sendMessage } from './send-message.ts';
import { type Session, until } from './session.ts';
import { isXmlText } from './xml-text.ts';

/** A server that is away is waited for so long before a message is said to be impossible to send. */
const patienceMsMax = 30_000;
/** Until a session whose server has hung up is over. */
const hungUpMs = 20;
/** Between the clock here and the server's. */
const clocksApartMs = 24 * 3600_000;

interface Reading extends Incoming {
  readonly patienceMs: number;
}

/** Begins to connect, and goes on until it is closed. `patienceMs`: how long a server that is away is waited for. */
export function openXmpp(options: ConnectionOptions & { readonly patienceMs?: number }): ChatNetwork {
  const { address: own, log, patienceMs = patienceMsMax } = options;
  const connection: Connection<Attached> = stayConnected(options, (session) => {
    return { session, inbox: openInbox(session, (stanza) => overflow(stanza)) };
  });
  const sayBack = (stanza: Element): void => {
    connection
      .now()
      ?.session.send(stanza)
      .catch(() => undefined);
  };
  function overflow(stanza: Element): void {
    const read = readMessage(stanza, own);
    if (read !== undefined) sayBack(errorStanza(read, 'Too many messages came at once: this one was not read.'));
  }
  const reading: Reading = { own, connection, log, sayBack, patienceMs };
  return {
    name: 'xmpp',
    address: own,
    addressOf: bareAddress,
    carries: isXmlText,
    send: (message, how) => send(reading, message, how),
    holds: (message, since, signal) => holds(reading, message, since, signal),
    async position(signal) {
      const { session } = await connection.current(signal);
      return session.hasArchive ? JSON.stringify(await newestPosition(session, own)) : undefined;
    },
    incoming: (after, signal) => readIncoming(reading, after, signal),
    close: () => connection.close(),
  };
}

async function send(
  reading: Reading,
  message: OutgoingChat,
  { signal, leaving }: { signal: AbortSignal; leaving: () => Promise<void> },
): Promise<Sent> {
  const session = await openToSend(reading, signal, leaving);
  const since = new Date();
  try {
    return await until(sendMessage(session, message), signal);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof SkillError) throw error;
    if (await holds(reading, message, since, signal).catch(() => false)) return { delivered: false };
    const doubt = 'The connection ended while the message was on its way: it may have arrived, or not.';
    throw new SwitchboardError('outcome-unknown', doubt, { cause: error });
  }
}

/** A session that something can be written to at this moment, all that must come before having been done. */
async function openToSend(
  { connection, patienceMs }: Reading,
  signal: AbortSignal,
  leaving: () => Promise<void>,
): Promise<Session> {
  const patience = AbortSignal.timeout(patienceMs);
  for (;;) {
    const { session } = await connection.current(signal, patience);
    await leaving();
    if (session.isOpen()) return session;
    await delay(hungUpMs, undefined, { signal });
  }
}

async function holds(
  { connection, own, patienceMs }: Reading,
  message: Pick<OutgoingChat, 'id' | 'to'>,
  since: Date,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  const { session } = await connection.current(signal, AbortSignal.timeout(patienceMs));
  const start = new Date(since.getTime() - clocksApartMs);
  return session.hasArchive ? await archiveHolds(session, own, message, start) : undefined;
}
