// Puts the parts together: one Chromium, its ways out, the sessions, and the capability over them.
import { join } from 'node:path';
import type { CapabilityAdapters } from '@switchboard/agent';
import { SwitchboardError } from '@switchboard/contract';
import type { Log } from '@switchboard/service';
import type { Browser } from 'playwright';
import { createBrowserProcess } from '../chromium/browser-process.ts';
import { type BrowserNetwork, createBrowserNetwork } from '../chromium/closed-network.ts';
import { launchChromium } from '../chromium/launch-chromium.ts';
import { type ChromiumProgram, type LocateOptions, locateChromium } from '../chromium/locate-chromium.ts';
import type { AllowedHosts } from '../egress/allowed-hosts.ts';
import { type Resolve, resolveAsSystem } from '../egress/checked-connect.ts';
import { openEgress } from '../egress/egress-proxy.ts';
import { Sessions } from '../session/sessions.ts';
import { openVault, readKey } from '../session/vault.ts';
import { defaultPageLimits, type PageLimits } from './limits.ts';
import { createPageAdapter } from './page-adapter.ts';

const openMax = 8;
const idleMs = 5 * 60_000;

export interface BrowserOptions {
  readonly locate: LocateOptions;
  readonly sandbox: boolean;
  /** What is reached although it is not public. */
  readonly allowed: AllowedHosts;
  /** The agent's own folder. */
  readonly dataDir: string;
  readonly storageKey: string | undefined;
  readonly log: Log;
  /** As this machine resolves names when not given. */
  readonly resolve?: Resolve;
  /** One that the kernel closes, where it does, when not given. */
  readonly openNetwork?: () => Promise<BrowserNetwork>;
  readonly limits?: Partial<PageLimits>;
  readonly idleMs?: number;
}

export interface PageBrowser {
  readonly adapter: Required<NonNullable<CapabilityAdapters['page']>>;
  /** The Chromium that runs; starts it when there is none. */
  process(): Promise<Browser>;
  /** Ends Chromium and waits for what is under way. */
  close(): Promise<void>;
}

/** Starts nothing yet. Throws SettingError for a key that is none. */
export async function createBrowser(options: BrowserOptions): Promise<PageBrowser> {
  const { locate, sandbox, allowed, dataDir, log } = options;
  const vault = await openVault(join(dataDir, 'storage'), readKey(options.storageKey, dataDir));
  let located: Promise<ChromiumProgram> | undefined;
  const chromium = async (): Promise<ChromiumProgram> => {
    // Not for one call alone: who comes after a call that was canceled finds it fetched.
    located ??= locateChromium(locate);
    try {
      return await located;
    } catch (cause) {
      located = undefined;
      throw new SwitchboardError('unavailable', cause instanceof Error ? cause.message : String(cause), { cause });
    }
  };
  const browser = createBrowserProcess(async () => {
    const program = await chromium();
    const network = await (options.openNetwork ?? createBrowserNetwork)();
    if (!network.closed) log.warn('no network of its own for Chromium here: its switches alone lead all to the proxy');
    try {
      return { network, browser: await launchChromium({ chromium: program, network, sandbox }) };
    } catch (error) {
      network.end();
      throw error;
    }
  });
  const resolve = options.resolve ?? resolveAsSystem;
  const sessions = new Sessions({
    browser,
    openEgress: ({ listen }) => openEgress({ resolve, allowed, listen }),
    vault,
    limits: { ...defaultPageLimits, ...options.limits },
    openMax,
    idleMs: options.idleMs ?? idleMs,
    log,
  });
  return {
    adapter: createPageAdapter(sessions),
    process: async () => (await browser.get()).browser,
    close: () => sessions.close(),
  };
}
