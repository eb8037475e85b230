// The business agent's settings.
import { agentSettings } from '@switchboard/agent';
import { readConfig } from '@switchboard/service';
import { z } from 'zod';

export const businessSettings = z.object({
  ...agentSettings('business'),
});

export type BusinessConfig = ReturnType<typeof readBusinessConfig>;

/** Throws SettingError. */
export function readBusinessConfig(env: Readonly<Record<string, string | undefined>>) {
  return readConfig(businessSettings, env);
}
