// The namespaces of XMPP that are spoken here.
export const namespaces = {
  streams: 'http://etherx.jabber.org/streams',
  streamManagement: ['urn:xmpp:sm:2', 'urn:xmpp:sm:3'],
  stanzaErrors: 'urn:ietf:params:xml:ns:xmpp-stanzas',
  /** XEP-0030 */
  disco: 'http://jabber.org/protocol/disco#info',
  /** XEP-0045 */
  roomUser: 'http://jabber.org/protocol/muc#user',
  /** XEP-0059 */
  resultSet: 'http://jabber.org/protocol/rsm',
  /** XEP-0184 */
  receipts: 'urn:xmpp:receipts',
  /** XEP-0199 */
  ping: 'urn:xmpp:ping',
  /** XEP-0203 */
  delay: 'urn:xmpp:delay',
  /** XEP-0280 */
  carbons: 'urn:xmpp:carbons:2',
  /** XEP-0297 */
  forward: 'urn:xmpp:forward:0',
  /** XEP-0308 */
  correction: 'urn:xmpp:message-correct:0',
  /** XEP-0313 */
  archive: 'urn:xmpp:mam:2',
  /** XEP-0359 */
  stanzaIds: 'urn:xmpp:sid:0',
  /** XEP-0380, and what OMEMO and OX mark their messages with. */
  encrypted: ['urn:xmpp:eme:0', 'eu.siacs.conversations.axolotl', 'urn:xmpp:omemo:2', 'urn:xmpp:openpgp:0'],
} as const;
