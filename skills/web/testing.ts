// What the tests of the web skills share: one Chromium for a file of tests, and a site that it may reach.
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

type PageAdapter = PageBrowser['adapter'];

/** Every call finds this page open in its session. */
function withOpen({ read, external }: PageAdapter, url: string): PageAdapter {
  return {
    read: (scope) => {
      const reader = read(scope);
      return {
        ...reader,
        view: async () => {
          await reader.open(url);
          return await reader.view();
        },
      };
    },
    external: (scope) => ({
      fill: async (...given) => {
        await read(scope).open(url);
        return await external(scope).fill(...given);
      },
      click: async (...given) => {
        await read(scope).open(url);
        return await external(scope).click(...given);
      },
    }),
  };
}

/** Started once for the file that calls it; with `open` every call finds that page open in its session. */
export function useWeb({ open }: { open?: string } = {}): TestWeb {
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
    adapters: () => {
      const { adapter } = started(browser);
      return { page: open === undefined ? adapter : withOpen(adapter, started(site).url + open) };
    },
    inThisRun: (example) => replaced(example, exampleSite, started(site).url),
    foretold: withoutBytes,
  };
}
