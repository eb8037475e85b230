// The server's archive of the account (XEP-0313): what was said while nobody listened, and whether something was said.
import { randomUUID } from 'node:crypto';
import { xml } from '@xmpp/client';
import { z } from 'zod';
import { bareAddress } from './address.ts';
import { namespaces } from './namespaces.ts';
import { attribute, type Element } from './read-message.ts';
import type { Session } from './session.ts';

/** At a time: each may be as large as the server lets a stanza be. */
const pageMax = 20;

export interface Archived {
  /** Of the archive. */
  readonly id: string;
  /** When the server took it in. */
  readonly at: Date;
  readonly message: Element;
}

export interface Page {
  readonly entries: readonly Archived[];
  /** There is nothing after them. */
  readonly complete: boolean;
}

/** Where in the archive one stands; `at` is for an archive that has forgotten `id`. {}: at its beginning. */
const positionSchema = z.strictObject({ id: z.string(), at: z.iso.datetime() }).partial();
export type Position = z.infer<typeof positionSchema>;

/** undefined for what is none. */
export function readPosition(text: string | undefined): Position | undefined {
  if (text === undefined) return undefined;
  try {
    return positionSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

export function positionOf({ id, at }: Archived): Position {
  return { id, at: at.toISOString() };
}

interface Query {
  readonly after?: string;
  readonly start?: string;
  readonly with?: string;
  /** The newest instead of the oldest. */
  readonly last?: boolean;
  readonly max?: number;
}

/** The next of the archive, oldest first. Throws as Session.ask does. */
export async function archivedAfter(session: Session, own: string, position: Position): Promise<Page> {
  const { id, at } = position;
  if (id !== undefined) {
    try {
      return await query(session, own, { after: id });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
  return await query(session, own, at === undefined ? {} : { start: at });
}

export async function newestPosition(session: Session, own: string): Promise<Position> {
  const { entries } = await query(session, own, { last: true, max: 1 });
  const newest = entries.at(-1);
  return newest === undefined ? {} : positionOf(newest);
}

/** Whether a message to somebody is in it, looked for among the newest. */
export async function archiveHolds(
  session: Session,
  own: string,
  message: { id: string; to: string },
  since: Date,
): Promise<boolean> {
  const { entries } = await query(session, own, { with: message.to, start: since.toISOString(), last: true, max: 50 });
  return entries.some(
    ({ message: held }) => attribute(held, 'id') === message.id && bareAddress(attribute(held, 'from') ?? '') === own,
  );
}

async function query(session: Session, own: string, asked: Query): Promise<Page> {
  const queryid = randomUUID();
  const entries: Archived[] = [];
  const end = session.onMessage((stanza) => {
    const entry = readResult(stanza, queryid, own);
    if (entry !== undefined) entries.push(entry);
  });
  try {
    const answer = await session.ask(queryStanza(queryid, asked));
    const fin = answer.getChild('fin', namespaces.archive);
    return { entries, complete: entries.length === 0 || (fin !== undefined && attribute(fin, 'complete') === 'true') };
  } finally {
    end();
  }
}

function queryStanza(queryid: string, { after, start, with: other, last, max = pageMax }: Query): Element {
  const field = (name: string, value: string): Element => xml('field', { var: name }, xml('value', {}, value));
  const fields = [
    field('FORM_TYPE', namespaces.archive),
    ...(start === undefined ? [] : [field('start', start)]),
    ...(other === undefined ? [] : [field('with', other)]),
  ];
  return xml(
    'iq',
    { type: 'set' },
    xml(
      'query',
      { xmlns: namespaces.archive, queryid },
      xml('x', { xmlns: 'jabber:x:data', type: 'submit' }, ...fields),
      xml(
        'set',
        { xmlns: namespaces.resultSet },
        xml('max', {}, String(max)),
        ...(after === undefined ? [] : [xml('after', {}, after)]),
        ...(last === true ? [xml('before')] : []),
      ),
    ),
  );
}

/** Anybody can write a message that looks like a result: only what the account's own archive says counts. */
function readResult(stanza: Element, queryid: string, own: string): Archived | undefined {
  const from = attribute(stanza, 'from');
  if (from !== undefined && bareAddress(from) !== own) return undefined;
  const result = stanza.getChild('result', namespaces.archive);
  if (result === undefined || attribute(result, 'queryid') !== queryid) return undefined;
  const forwarded = result.getChild('forwarded', namespaces.forward);
  const message = forwarded?.getChild('message');
  const delay = forwarded?.getChild('delay', namespaces.delay);
  const id = attribute(result, 'id');
  const at = new Date((delay && attribute(delay, 'stamp')) ?? Number.NaN);
  return id === undefined || message === undefined || Number.isNaN(at.getTime()) ? undefined : { id, at, message };
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && 'condition' in error && error.condition === 'item-not-found';
}
