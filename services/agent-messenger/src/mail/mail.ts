// Everything of mail that the messenger has, or why it has it not.
import { withoutCapability } from '@switchboard/agent';
import { messengerSkills } from '@switchboard/skills/messenger';
import type { MessengerPart } from '../part.ts';
import { type MailSettings, mailAccount } from './account.ts';
import { createMailAdapter } from './mail-adapter.ts';

/** Opens no connection. Throws SettingError for settings that cannot be used. */
export function createMail(settings: MailSettings): MessengerPart {
  const account = mailAccount(settings);
  if (typeof account === 'string') {
    return { adapters: {}, unavailable: withoutCapability(messengerSkills, 'mail', account), channels: [] };
  }
  return { adapters: { mail: createMailAdapter(account) }, unavailable: [], channels: [] };
}
