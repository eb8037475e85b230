// The browser agent: web pages: reads them, takes pictures of them, and works in them.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { agentBasics, runAgent, withoutCapability } from '@switchboard/agent';
import { type Life, SettingError } from '@switchboard/service';
import { browserSkills } from '@switchboard/skills/browser';
import { findChromium } from './chromium/locate-chromium.ts';
import type { BrowserConfig } from './config.ts';
import { type AllowedHosts, parseAllowedHosts } from './egress/allowed-hosts.ts';
import { createBrowser } from './page/create-browser.ts';

function readAllowedHosts(list: string): AllowedHosts {
  try {
    return parseAllowedHosts(list);
  } catch (error) {
    throw new SettingError(`BROWSER_ALLOW_HOSTS: ${error instanceof Error ? error.message : error}`);
  }
}

/** Where the driver keeps a profile for each Chromium: what a killed agent left there is gone with the next start. */
function useOwnTemporaryFolder(dataDir: string): void {
  const folder = join(dataDir, 'tmp');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  process.env['TMPDIR'] = folder;
}

export async function startBrowser(config: BrowserConfig, life: Life): Promise<void> {
  const { DATA_DIR, CHROMIUM, CHROMIUM_CACHE = DATA_DIR, CHROMIUM_SANDBOX } = config;
  useOwnTemporaryFolder(DATA_DIR);
  const locate = { configured: CHROMIUM, cacheDir: CHROMIUM_CACHE };
  const found = findChromium(locate);
  if (found.kind === 'none') life.log.warn(found.why);
  if (CHROMIUM_SANDBOX === 'off') life.log.warn('CHROMIUM_SANDBOX is off: pages run without Chromium’s own sandbox');
  const browser = await createBrowser({
    locate,
    sandbox: CHROMIUM_SANDBOX === 'on',
    allowed: readAllowedHosts(config.BROWSER_ALLOW_HOSTS),
    dataDir: DATA_DIR,
    storageKey: config.BROWSER_STORAGE_KEY,
    log: life.log,
  });
  life.onStop(() => browser.close());
  await runAgent({
    name: 'browser',
    description: 'Web pages: reads them, takes pictures of them, and works in them.',
    version: '1.0.0',
    ...agentBasics(config),
    skills: browserSkills,
    adapters: found.kind === 'none' ? {} : { page: browser.adapter },
    unavailable: found.kind === 'none' ? withoutCapability(browserSkills, 'page', found.why) : [],
    life,
  });
}
