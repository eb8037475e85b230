// The one Chromium of this agent: started when it is needed, started again when it has ended, and ended for good.
import type { Browser } from 'playwright';
import type { BrowserNetwork } from './closed-network.ts';

/** It has so long to end by itself. */
const goodbyeMsMax = 5_000;

export interface Launched {
  readonly browser: Browser;
  readonly network: BrowserNetwork;
}

export interface BrowserProcess {
  /** The running one; starts it when there is none. Throws as `launch` does. */
  get(): Promise<Launched>;
  /** Ends it, by force where it does not end by itself. May be called again, and `get` after it. */
  end(): Promise<void>;
}

interface Running extends Launched {
  readonly pid: number | undefined;
}

/** Of the browser itself; the rest of its processes end with it. */
export async function pidOf(browser: Browser): Promise<number | undefined> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  return processInfo.find(({ type }) => type === 'browser')?.id;
}

/** It leads a process group of its own. */
function kill(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}

export function createBrowserProcess(launch: () => Promise<Launched>): BrowserProcess {
  let current: Promise<Running> | undefined;

  function start(): Promise<Running> {
    const starting: Promise<Running> = launch().then(async ({ browser, network }) => {
      browser.once('disconnected', () => {
        forget();
        network.end();
      });
      return { browser, network, pid: await pidOf(browser) };
    });
    const forget = (): void => {
      if (current === starting) current = undefined;
    };
    starting.catch(forget);
    return starting;
  }

  return {
    async get() {
      current ??= start();
      return await current;
    },
    async end() {
      const ending = current;
      current = undefined;
      const running = await ending?.catch(() => undefined);
      if (running === undefined) return;
      const late = setTimeout(kill, goodbyeMsMax, running.pid);
      await running.browser.close().catch(() => undefined);
      clearTimeout(late);
      running.network.end();
    },
  };
}
