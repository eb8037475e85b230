// The messenger agent's settings.
import { agentSettings } from '@switchboard/agent';
import { readConfig } from '@switchboard/service';
import { z } from 'zod';

export const messengerSettings = z.object({
  ...agentSettings('messenger'),
});

export type MessengerConfig = ReturnType<typeof readMessengerConfig>;

/** Throws SettingError. */
export function readMessengerConfig(env: Readonly<Record<string, string | undefined>>) {
  return readConfig(messengerSettings, env);
}
