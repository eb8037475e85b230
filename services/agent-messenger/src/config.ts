// The messenger agent's settings.
import { agentSettings } from '@switchboard/agent';
import { readConfig } from '@switchboard/service';
import { z } from 'zod';
import { mailSettings } from './mail/account.ts';

export const messengerSettings = z.object({
  ...agentSettings('messenger'),
  ...mailSettings,
});

export type MessengerConfig = ReturnType<typeof readMessengerConfig>;

/** Throws SettingError. */
export function readMessengerConfig(env: Readonly<Record<string, string | undefined>>) {
  return readConfig(messengerSettings, env);
}
