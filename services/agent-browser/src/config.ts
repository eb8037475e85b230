// The browser agent's settings.
import { agentSettings } from '@switchboard/agent';
import { readConfig } from '@switchboard/service';
import { z } from 'zod';

export const browserSettings = z.object({
  ...agentSettings('browser'),
  CHROMIUM: z
    .string()
    .min(1)
    .optional()
    .describe('the Chromium or Chrome to run; without it the machine’s own, or one that is fetched with npm once'),
  CHROMIUM_CACHE: z.string().min(1).optional().describe('where a fetched Chromium is kept; default: the data folder'),
  CHROMIUM_SANDBOX: z
    .enum(['on', 'off'])
    .default('on')
    .describe('Chromium’s own sandbox; `off` lets every page run as the agent’s user, and is never chosen by itself'),
  BROWSER_ALLOW_HOSTS: z
    .string()
    .default('')
    .describe(
      'hosts that pages may reach although they are not on the public internet, such as `nas.local, 192.168.1.5:8080`',
    ),
  BROWSER_STORAGE_KEY: z
    .string()
    .optional()
    .describe(
      'encrypts cookies and storage on disk: 32 bytes in base64, better given as BROWSER_STORAGE_KEY_FILE; ' +
        'without it one is made in the data folder, which protects only copies that go without it',
    ),
});

export type BrowserConfig = ReturnType<typeof readBrowserConfig>;

/** Throws SettingError. */
export function readBrowserConfig(env: Readonly<Record<string, string | undefined>>) {
  return readConfig(browserSettings, env);
}
