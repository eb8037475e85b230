// Somebody with an ordinary XMPP client, for tests: what they are told, and what they say.
import { randomUUID } from 'node:crypto';
import { waitUntil } from '@switchboard/testkit';
import type { Prosody } from '@switchboard/testkit/peers/prosody';
import { client, xml } from '@xmpp/client';

type Element = ReturnType<typeof xml>;

export interface Person {
  readonly address: string;
  /** Every message stanza that has come, errors and receipts among them. */
  readonly stanzas: readonly Element[];
  /** The texts that have come. */
  texts(): string[];
  /** `more` goes beside the body. Returns the id it has. */
  say(to: string, text: string, more?: readonly Element[]): Promise<string>;
  send(stanza: Element): Promise<void>;
  /** Resolves when the server has dealt with all that was sent. */
  settle(): Promise<void>;
  leave(): Promise<void>;
}

export interface PersonOptions {
  readonly password?: string;
  readonly resource?: string;
  /** Tells that a message has reached this device. */
  readonly acknowledges?: boolean;
}

export async function comeOnline(prosody: Prosody, name: string, options: PersonOptions = {}): Promise<Person> {
  const { password = 'secret', resource = 'phone', acknowledges = false } = options;
  const xmpp = client({
    service: prosody.service,
    domain: prosody.host,
    resource,
    username: name,
    password,
    timeout: 20_000,
  });
  xmpp.reconnect.stop();
  xmpp.on('error', () => undefined);
  const stanzas: Element[] = [];
  xmpp.on('stanza', (stanza: Element) => {
    if (stanza.name !== 'message') return;
    stanzas.push(stanza);
    const id: unknown = stanza.attrs['id'];
    if (!acknowledges || stanza.getChild('request', 'urn:xmpp:receipts') === undefined) return;
    const receipt = xml('received', { xmlns: 'urn:xmpp:receipts', id: String(id) });
    void xmpp.send(xml('message', { to: String(stanza.attrs['from']) }, receipt));
  });
  await xmpp.start();
  await xmpp.send(xml('presence'));
  return {
    address: `${name}@${prosody.host}`,
    stanzas,
    texts: () => stanzas.flatMap((stanza) => stanza.getChildText('body') ?? []),
    async say(to, text, more = []) {
      const id = randomUUID();
      await xmpp.send(xml('message', { to, type: 'chat', id }, xml('body', {}, text), ...more));
      return id;
    },
    send: (stanza) => xmpp.send(stanza),
    settle: async () => void (await xmpp.iqCaller.request(xml('iq', { type: 'get' }, xml('ping', 'urn:xmpp:ping')))),
    leave: async () => void (await xmpp.stop()),
  };
}

/** Waits for a stanza that fits. */
export async function hears(person: Person, fits: (stanza: Element) => boolean): Promise<Element> {
  return await waitUntil(`${person.address} hears it`, () => person.stanzas.find(fits), 20_000);
}
