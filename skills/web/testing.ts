// What the tests of the web skills share: one Chromium for a file of tests, and a site that it may reach.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { parseAllowedHosts } from '@switchboard/agent-browser/allowed-hosts';
import { createBrowser, type PageBrowser } from '@switchboard/agent-browser/browser';
import { createLog } from '@switchboard/service';
import { projectRoot, type TempFolder, tempFolder } from '@switchboard/testkit';
import { type HostileSite, startHostileSite } from '@switchboard/testkit/peers/hostile-site';
import type { SkillSetup } from '@switchboard/testkit/skill';
import { afterAll, beforeAll } from 'vitest';

export { describeSkill, runSkill } from '@switchboard/testkit/skill';

/** Where the contracts’ examples say that the site is. */
const exampleSite = 'http://site.test';

export interface TestWeb extends SkillSetup {
  readonly site: HostileSite;
  readonly browser: PageBrowser;
  /** Its address on this machine, in this run. */
  at(path: string): string;
}

function replaced<T>(value: T, from: string, to: string): T {
  return JSON.parse(JSON.stringify(value).replaceAll(from, to));
}

/** The bytes of a picture or a PDF differ from one Chromium to the next; that they are some does not. */
function withoutBytes(output: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entries = Object.entries(output).map(([field, value]) => {
    const isArtifact = typeof value === 'object' && value !== null && 'sha256' in value;
    return [field, isArtifact ? { ...value, bytes: 0, sha256: '' } : value];
  });
  return Object.fromEntries(entries);
}

/** Started once for the file that calls it. */
export function useWeb(): TestWeb {
  let site: HostileSite | undefined;
  let browser: PageBrowser | undefined;
  let folder: TempFolder | undefined;
  const started = <T>(part: T | undefined): T => {
    if (part === undefined) throw new Error('the browser has not been started');
    return part;
  };
  beforeAll(async () => {
    site = await startHostileSite();
    folder = await tempFolder();
    browser = await createBrowser({
      locate: { configured: undefined, cacheDir: join(projectRoot, '.cache') },
      sandbox: true,
      allowed: parseAllowedHosts(`127.0.0.1:${site.port}`),
      dataDir: folder.path,
      storageKey: undefined,
      log: createLog('browser', 'silent'),
      limits: { settleMsMax: 700 },
    });
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
    await folder?.remove();
  });
  return {
    get site() {
      return started(site);
    },
    get browser() {
      return started(browser);
    },
    at: (path) => started(site).url + path,
    adapters: () => ({ page: started(browser).adapter }),
    inThisRun: (example) => replaced(example, exampleSite, started(site).url),
    foretold: withoutBytes,
  };
}

/** The name of a new session. */
export const newSession = (): string => randomUUID();
