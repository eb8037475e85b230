// What is said back about a message without being a message: that it was taken, or why it was not.
import { xml } from '@xmpp/client';
import { namespaces } from './namespaces.ts';
import { attribute, type Element, type ReadMessage } from './read-message.ts';

/** Of type error, so that nobody ever answers it (RFC 6120, 8.3.1). */
export function errorStanza({ fullFrom, stanzaId }: ReadMessage, why: string): Element {
  return xml(
    'message',
    { type: 'error', to: fullFrom, ...(stanzaId === undefined ? {} : { id: stanzaId }) },
    xml(
      'error',
      { type: 'modify' },
      xml('not-acceptable', namespaces.stanzaErrors),
      xml('text', namespaces.stanzaErrors, why),
    ),
  );
}

export function receiptStanza({ fullFrom }: ReadMessage, stanzaId: string): Element {
  return xml('message', { type: 'chat', to: fullFrom }, xml('received', { xmlns: namespaces.receipts, id: stanzaId }));
}

/** When the server took in a message that it kept for a while. */
export function delayedSince(stanza: Element): Date | undefined {
  const delay = stanza.getChild('delay', namespaces.delay);
  const at = new Date((delay && attribute(delay, 'stamp')) ?? Number.NaN);
  return Number.isNaN(at.getTime()) ? undefined : at;
}
