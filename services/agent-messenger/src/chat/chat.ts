// Everything of chat that the messenger has, or why it has it not.
import { join } from 'node:path';
import { withoutCapability } from '@switchboard/agent';
import { type Life, SettingError } from '@switchboard/service';
import { messengerSkills } from '@switchboard/skills/messenger';
import { allowList } from '../allow-list.ts';
import type { MessengerPart } from '../part.ts';
import type { ChatSettings } from './chat-settings.ts';

/** Begins to connect, where there is an account. Throws SettingError for settings that cannot be used. */
export async function createChat(
  settings: ChatSettings & { readonly DATA_DIR: string },
  life: Pick<Life, 'log' | 'onStop'>,
): Promise<MessengerPart> {
  const { XMPP_SERVICE: service, XMPP_JID: jid, XMPP_PASSWORD: password } = settings;
  if (service === undefined || jid === undefined || password === undefined) {
    const missing = Object.entries({ XMPP_SERVICE: service, XMPP_JID: jid, XMPP_PASSWORD_FILE: password });
    const names = missing.filter(([, value]) => value === undefined).map(([name]) => name);
    const why = `no chat account is configured: set ${names.join(', ').replace(/, ([^,]*)$/, ' and $1')}`;
    return { adapters: {}, unavailable: withoutCapability(messengerSkills, 'chat', why), channels: [] };
  }
  // Only here, so that an agent without a chat account loads none of it.
  const { openXmpp } = await import('./xmpp/xmpp-network.ts');
  const { bareAddress } = await import('./xmpp/address.ts');
  const { createChatAdapter } = await import('./chat-adapter.ts');
  const { chatChannel } = await import('./chat-channel.ts');
  const { openCursor } = await import('../cursor.ts');
  const address = bareAddress(jid);
  if (address === undefined) throw new SettingError('XMPP_JID: must be an address such as agent@example.org');
  const network = openXmpp({ service, address, password, mayBePlain: isLoopback(service), log: life.log });
  life.onStop(() => network.close());
  const cursor = openCursor(join(settings.DATA_DIR, 'chat-cursor.json'), `xmpp:${address}`);
  return {
    adapters: { chat: createChatAdapter(network) },
    unavailable: [],
    channels: [chatChannel({ network, cursor, isAllowed: allowList(settings.XMPP_ALLOW) })],
  };
}

function isLoopback(service: string): boolean {
  const { hostname } = new URL(service.replace(/^xmpps?:/, 'http:'));
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}
