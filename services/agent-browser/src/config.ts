// The browser agent's settings.
import { agentSettings } from '@switchboard/agent';
import { readConfig } from '@switchboard/service';
import { z } from 'zod';

export const browserSettings = z.object({
  ...agentSettings('browser'),
});

export type BrowserConfig = ReturnType<typeof readBrowserConfig>;

/** Throws SettingError. */
export function readBrowserConfig(env: Readonly<Record<string, string | undefined>>) {
  return readConfig(browserSettings, env);
}
