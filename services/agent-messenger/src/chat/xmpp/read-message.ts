// What a message stanza is to the agent: something said to it, something to give back, or nothing that concerns it.
import { createHash } from 'node:crypto';
import type { xml } from '@xmpp/client';
import { bareAddress } from './address.ts';
import { namespaces } from './namespaces.ts';

export type Element = ReturnType<typeof xml>;

/** A turn takes no more. */
export const textCharactersMax = 100_000;

/** What was said, or `refused` with why nothing can be made of it, in words for its sender. */
export interface ReadMessage {
  readonly from: string;
  /** The device that it came from: where a receipt or an error goes. */
  readonly fullFrom: string;
  /** As its sender named the stanza. */
  readonly stanzaId: string | undefined;
  /** The sender vouches that no two of theirs share it (XEP-0359). */
  readonly originId: string | undefined;
  readonly text: string;
  readonly wantsReceipt: boolean;
  readonly refused: string | undefined;
}

export function attribute(element: Element, name: string): string | undefined {
  const value: unknown = element.attrs[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/**
 * undefined for what is nobody's word to the agent: its own messages and copies of them, rooms, servers, errors,
 * receipts, and whatever has no text. None of these is ever answered.
 */
export function readMessage(stanza: Element, own: string): ReadMessage | undefined {
  const type = attribute(stanza, 'type') ?? 'normal';
  const fullFrom = attribute(stanza, 'from') ?? '';
  const from = bareAddress(fullFrom);
  if (stanza.name !== 'message' || !['chat', 'normal'].includes(type) || isWrapped(stanza)) return undefined;
  if (from === undefined || from === own) return undefined;
  const text = stanza.getChildText('body')?.replace(/\r\n?/g, '\n') ?? '';
  if (text.trim() === '') return undefined;
  const origin = stanza.getChild('origin-id', namespaces.stanzaIds);
  return {
    from,
    fullFrom,
    stanzaId: attribute(stanza, 'id'),
    originId: origin && attribute(origin, 'id'),
    text,
    wantsReceipt: stanza.getChild('request', namespaces.receipts) !== undefined,
    refused: whyRefused(stanza, text),
  };
}

/** Copies from other devices of the account, what the archive holds, and what comes out of a room. */
function isWrapped(stanza: Element): boolean {
  const wrappings: [string, string][] = [
    ['sent', namespaces.carbons],
    ['received', namespaces.carbons],
    ['result', namespaces.archive],
    ['forwarded', namespaces.forward],
    ['x', namespaces.roomUser],
  ];
  return wrappings.some(([name, namespace]) => stanza.getChild(name, namespace) !== undefined);
}

function whyRefused(stanza: Element, text: string): string | undefined {
  const isEncrypted = stanza
    .getChildElements()
    .some((child) => namespaces.encrypted.some((namespace) => child.getNS() === namespace));
  // Its text says only that it cannot be read.
  if (isEncrypted) return 'I cannot read encrypted messages: nothing was done. Turn encryption off for this chat.';
  // What it corrects may have been done already.
  if (stanza.getChild('replace', namespaces.correction)) {
    return 'I do not take corrections: nothing was done with this one. Send a new message.';
  }
  if (text.length > textCharactersMax) {
    return `I take messages of up to ${textCharactersMax} characters: nothing was done with this one.`;
  }
  return undefined;
}

/**
 * One id for each message of the network. The sender's, where they vouch for it: a client that is not sure whether it got
 * through sends it again under the same. Otherwise the server's, from the archive or from the stanza.
 */
export function messageId(stanza: Element, message: ReadMessage, own: string, archived?: string): string {
  const { from, originId, stanzaId } = message;
  if (originId !== undefined) return `origin-${hash(from, originId)}`;
  const byServer = archived ?? ownStanzaId(stanza, own);
  if (byServer !== undefined) return `archive-${hash(own, byServer)}`;
  return `stanza-${hash(from, stanzaId ?? crypto.randomUUID())}`;
}

/** Anybody can write an id into a message: only our own server's counts, and that it removes from others'. */
function ownStanzaId(stanza: Element, own: string): string | undefined {
  const ids = stanza.getChildren('stanza-id', namespaces.stanzaIds);
  const id = ids.find((candidate) => bareAddress(attribute(candidate, 'by') ?? '') === own);
  return id && attribute(id, 'id');
}

function hash(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 40);
}
