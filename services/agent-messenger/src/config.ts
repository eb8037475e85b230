// The messenger agent's settings.
import { agentSettings } from '@switchboard/agent';
import { readConfig } from '@switchboard/service';
import { z } from 'zod';
import { chatSettings } from './chat/chat-settings.ts';
import { mailSettings } from './mail/account.ts';
import { notifySettings } from './notify/notify-settings.ts';

export const messengerSettings = z.object({
  ...agentSettings('messenger'),
  ...mailSettings,
  ...chatSettings,
  ...notifySettings,
});

export type MessengerConfig = ReturnType<typeof readMessengerConfig>;

/** Throws SettingError. */
export function readMessengerConfig(env: Readonly<Record<string, string | undefined>>) {
  return readConfig(messengerSettings, env);
}
