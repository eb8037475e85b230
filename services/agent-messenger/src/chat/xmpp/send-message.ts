// Sends one message over a session, and finds out what became of it.
import { SkillError } from '@switchboard/contract';
import { xml } from '@xmpp/client';
import type { OutgoingChat, Sent } from '../network.ts';
import { bareAddress } from './address.ts';
import { namespaces } from './namespaces.ts';
import { attribute, type Element } from './read-message.ts';
import { type Session, until } from './session.ts';

/** A device of theirs that is there says so at once; an account that is not, its server soon. */
const wordOfThemMsMax = 1_500;

/**
 * Resolves when the server has taken it. Throws SkillError `not-delivered` when it comes back, and anything else when it
 * may be either.
 */
export async function sendMessage(session: Session, message: OutgoingChat): Promise<Sent> {
  const word = Promise.withResolvers<'delivered' | SkillError>();
  const end = session.onMessage((stanza) => {
    const heard = wordOf(stanza, message);
    if (heard !== undefined) word.resolve(heard);
  });
  try {
    await session.send(messageStanza(message));
    await Promise.race([session.settle(), word.promise]);
    const heard = await until(word.promise, AbortSignal.timeout(wordOfThemMsMax)).catch(() => undefined);
    if (heard instanceof SkillError) throw heard;
    return { delivered: heard === 'delivered' };
  } finally {
    end();
  }
}

function messageStanza({ id, to, text }: OutgoingChat): Element {
  return xml(
    'message',
    { type: 'chat', to, id },
    xml('body', {}, text),
    xml('origin-id', { xmlns: namespaces.stanzaIds, id }),
    xml('request', namespaces.receipts),
  );
}

/** Only from where it was sent to: a receipt or an error from anybody else is theirs, or forged. */
function wordOf(stanza: Element, { id, to }: OutgoingChat): 'delivered' | SkillError | undefined {
  if (bareAddress(attribute(stanza, 'from') ?? '') !== to) return undefined;
  const receipt = stanza.getChild('received', namespaces.receipts);
  if (receipt !== undefined && attribute(receipt, 'id') === id) return 'delivered';
  if (attribute(stanza, 'type') !== 'error' || attribute(stanza, 'id') !== id) return undefined;
  const error = stanza.getChild('error');
  const condition = error?.getChildElements().find((child) => child.getNS() === namespaces.stanzaErrors);
  return new SkillError('not-delivered', `The message could not be delivered: ${wordsFor(condition?.name)}.`);
}

const words: Readonly<Record<string, string>> = {
  'service-unavailable': 'there is no such account, or it takes no messages',
  'item-not-found': 'there is no such account',
  'remote-server-not-found': 'there is no such server',
  'remote-server-timeout': 'the server of the address does not answer',
  forbidden: 'it takes no messages from this agent',
  'not-allowed': 'it takes no messages from this agent',
  'policy-violation': 'the server does not let it pass',
  'resource-constraint': 'there is no room for it',
};

function wordsFor(condition: string | undefined): string {
  return words[condition ?? ''] ?? `the server said ${condition ?? 'so'}`;
}
