// One real Chromium for a file of tests, a hostile site that it may reach, and things that it must not reach.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { PageAct, PageRead } from '@switchboard/contract';
import { createLog } from '@switchboard/service';
import { projectRoot, type TempFolder, tempFolder } from '@switchboard/testkit';
import { type HostileSite, startHostileSite } from '@switchboard/testkit/peers/hostile-site';
import { parseAllowedHosts } from '../src/egress/allowed-hosts.ts';
import { type BrowserOptions, createBrowser, type PageBrowser } from '../src/page/create-browser.ts';

export interface BrowserStage {
  readonly site: HostileSite;
  readonly browser: PageBrowser;
  readonly folder: TempFolder;
  /** The capability in a session: a new one when none is named. */
  read(session?: string, signal?: AbortSignal): PageRead;
  act(session: string, signal?: AbortSignal): PageAct;
  close(): Promise<void>;
}

/** With the limits short enough for tests; the Chromium is the one that the locator finds, or fetches. */
export async function startBrowserStage(given: Partial<BrowserOptions> = {}): Promise<BrowserStage> {
  const site = await startHostileSite();
  const folder = await tempFolder();
  const browser = await createBrowser({
    locate: { configured: undefined, cacheDir: join(projectRoot, '.cache') },
    sandbox: true,
    allowed: parseAllowedHosts(`127.0.0.1:${site.port}`),
    dataDir: folder.path,
    storageKey: undefined,
    log: createLog('browser', 'silent'),
    ...given,
    limits: { answerMsMax: 5000, loadMsMax: 3000, settleMsMax: 1000, replyMsMax: 3000, ...given.limits },
  });
  const scope = (session: string = randomUUID(), signal = new AbortController().signal) => ({
    invocationId: 'turn-1-1',
    session,
    signal,
    deadline: new Date(Date.now() + 60_000),
  });
  return {
    site,
    browser,
    folder,
    read: (session, signal) => browser.adapter.read(scope(session, signal)),
    act: (session, signal) => browser.adapter.external(scope(session, signal)),
    async close() {
      await browser.close();
      await site.close();
      await folder.remove();
    },
  };
}
