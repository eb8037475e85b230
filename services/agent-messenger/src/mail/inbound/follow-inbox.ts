// One connection to the inbox, for as long as it lasts: takes what is there, then waits to be told of more.

import { SwitchboardError } from '@switchboard/contract';
import { crashPoint } from '@switchboard/service';
import type { ImapFlow, MailboxObject } from 'imapflow';
import { newClient } from '../mailbox.ts';
import { type InboxPosition, markOf } from './inbox-state.ts';
import { type Incoming, readIncoming } from './incoming.ts';
import type { Following } from './mail-channel.ts';

/** A server that forgets to tell is asked after so long. */
const lookAgainMs = 5 * 60_000;
/** What is said stands at the beginning: the attachments after it are not read. */
const mailBytesMax = 256 * 1024;
/** Mails are asked for in pieces, so that ten thousand of them are no more than this at a time. */
const pieceMax = 50;
/** How often a mail is asked for that the server does not give. */
const fetchesMax = 3;
/** After numbers were given anew, mails from so long before the last one are looked at again. */
const overlapMs = 24 * 60 * 60_000;

/** Resolves with what ended it, or rejects with it: a connection that is gone ends it, and so does the signal. */
export async function followInbox(following: Following): Promise<void> {
  const { account, signal } = following;
  const client = await newClient(account, true);
  const gone = Promise.withResolvers<never>();
  gone.promise.catch(() => undefined);
  const close = (): void => client.close();
  client.on('close', () => gone.reject(new Error('the connection to the inbox is gone')));
  signal.addEventListener('abort', close);
  try {
    signal.throwIfAborted();
    await client.connect();
    const bell = newBell(client);
    await client.mailboxOpen('INBOX', { readOnly: true });
    let position = await settle(following, client);
    following.onOpen();
    for (;;) {
      position = await takeNew(following, client, position);
      await Promise.race([bell.heard(lookAgainMs), gone.promise]);
    }
  } finally {
    signal.removeEventListener('abort', close);
    client.close();
  }
}

/** Rings when the server tells of mail; a ring before anybody listens is not lost. */
function newBell(client: ImapFlow): { heard(msMax: number): Promise<void> } {
  let rung = false;
  let wake = (): void => undefined;
  client.on('exists', () => {
    rung = true;
    wake();
  });
  return {
    async heard(msMax) {
      const late = setTimeout(() => wake(), msMax);
      if (!rung) await new Promise<void>((resolve) => (wake = resolve));
      clearTimeout(late);
      rung = false;
    },
  };
}

function boxOf(client: ImapFlow): MailboxObject {
  if (client.mailbox === false) throw new Error('the inbox is not open');
  return client.mailbox;
}

/**
 * Where to go on. The first time that is after what lies there already: those mails were written to a person before anybody
 * here listened, and answering them, perhaps ten thousand, is the last thing that their owner wants. After the server has
 * numbered anew, it is at what came in about a day before the last mail that was taken; what was taken is known by name.
 */
async function settle({ state, log }: Following, client: ImapFlow): Promise<InboxPosition> {
  const { uidValidity, uidNext, exists } = boxOf(client);
  const kept = await state.read();
  if (kept?.uidValidity === String(uidValidity)) return kept;
  const fresh = { uidValidity: String(uidValidity), nextUid: uidNext, takenUntil: new Date().toISOString(), taken: [] };
  if (kept === undefined) {
    log.info({ mails: exists }, 'the inbox is followed from now on: what lies in it is left alone');
    await state.write(fresh);
    return fresh;
  }
  const since = new Date(Date.parse(kept.takenUntil) - overlapMs);
  const found = (await client.search({ since }, { uid: true })) || [];
  const nextUid = Math.min(uidNext, ...found);
  log.warn({ looked: found.length }, 'the server has numbered the inbox anew');
  const position = { ...kept, uidValidity: fresh.uidValidity, nextUid };
  await state.write(position);
  return position;
}

async function takeNew(following: Following, client: ImapFlow, from: InboxPosition): Promise<InboxPosition> {
  let position = from;
  for (;;) {
    const found = (await client.search({ uid: `${position.nextUid}:*` }, { uid: true })) || [];
    // `*` is the last mail, also when its number is lower.
    const piece = found
      .filter((uid) => uid >= position.nextUid)
      .sort((a, b) => a - b)
      .slice(0, pieceMax);
    if (piece.length === 0) return position;
    for (const uid of piece) position = await take(following, client, position, uid);
  }
}

/** One mail: fetched, brought, and only then left behind. */
async function take(
  following: Following,
  client: ImapFlow,
  position: InboxPosition,
  uid: number,
): Promise<InboxPosition> {
  const { state, signal, log, rules } = following;
  const fetched = await fetchOrPass(following, client, uid);
  signal.throwIfAborted();
  let next: InboxPosition = { ...position, nextUid: uid + 1 };
  // It may have been deleted in the meantime.
  if (fetched && fetched.source !== undefined) {
    const receivedAt = new Date(fetched.internalDate ?? Date.now());
    const incoming = await readIncoming(fetched.source, receivedAt, rules);
    if (incoming.message === undefined) log.info({ uid, why: incoming.passed }, 'a mail is left alone');
    else next = await bring(following, incoming.message, next);
    next = { ...next, takenUntil: receivedAt.toISOString() };
  }
  await state.write(next);
  return next;
}

/** A mail that the server cannot give, time and again, must not hold up those after it. */
async function fetchOrPass({ stuck, log }: Following, client: ImapFlow, uid: number) {
  const query = { internalDate: true, source: { maxLength: mailBytesMax } };
  try {
    const fetched = await client.fetchOne(String(uid), query, { uid: true });
    // The library says "no such mail" of a connection that is gone, too: then nothing is known of the mail.
    if (!fetched && !client.usable) throw new Error('the connection to the inbox is gone');
    return fetched;
  } catch (error) {
    stuck.times = stuck.uid === uid ? stuck.times + 1 : 1;
    stuck.uid = uid;
    // A line that breaks says nothing about the mail; a server that refuses it, or says good-bye over it, does.
    const refused = client.usable || client.byeReason !== undefined;
    if (stuck.times < fetchesMax || !refused) throw error;
    log.error({ err: error, uid }, 'a mail cannot be fetched: it is passed over');
    return undefined;
  }
}

type Message = NonNullable<Incoming['message']>;

async function bring({ door, log, signal }: Following, message: Message, next: InboxPosition): Promise<InboxPosition> {
  const mark = markOf(message);
  if (next.taken.includes(mark)) return next;
  crashPoint('M4');
  try {
    const { outcome } = await door.bring(message, signal);
    crashPoint('M5');
    log.info({ messageId: message.messageId, outcome }, 'a mail was brought');
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof SwitchboardError)) throw error;
    log.error({ err: error, messageId: message.messageId }, 'the gateway does not take a mail');
  }
  return { ...next, taken: [...next.taken, mark] };
}
