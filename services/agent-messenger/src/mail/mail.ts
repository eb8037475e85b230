// Everything of mail that the messenger has, or why it has it not.
import { join } from 'node:path';
import { type Channel, withoutCapability } from '@switchboard/agent';
import { messengerSkills } from '@switchboard/skills/messenger';
import { allowList } from '../allow-list.ts';
import { openCursor } from '../cursor.ts';
import type { MessengerPart } from '../part.ts';
import { type MailAccount, type MailSettings, mailAccount } from './account.ts';
import { inboxState } from './inbound/inbox-state.ts';
import { mailChannel } from './inbound/mail-channel.ts';
import { createMailAdapter } from './mail-adapter.ts';

type Settings = MailSettings & { readonly DATA_DIR: string };

/** Opens no connection. Throws SettingError for settings that cannot be used. */
export function createMail(settings: Settings): MessengerPart {
  const account = mailAccount(settings);
  if (typeof account === 'string') {
    return { adapters: {}, unavailable: withoutCapability(messengerSkills, 'mail', account), channels: [] };
  }
  return { adapters: { mail: createMailAdapter(account) }, unavailable: [], channels: inbox(account, settings) };
}

/** A mailbox gets mails of all the world: unless somebody says whose are meant for the agent, none are. */
function inbox(account: MailAccount, settings: Settings): Channel[] {
  const allowed = settings.MAIL_ALLOW_FROM?.trim() ?? '';
  if (allowed === '') return [];
  const { user, address, imap } = account;
  const cursor = openCursor(join(settings.DATA_DIR, 'mail-cursor.json'), `imap:${user}@${imap.host}`);
  const rules = {
    own: address,
    isAllowed: allowed === '*' ? () => true : allowList(allowed),
    authority: settings.MAIL_TRUST_AUTH_RESULTS_OF,
  };
  return [mailChannel({ account, state: inboxState(cursor), rules })];
}
