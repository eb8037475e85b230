// One session's own browser context: its cookies, its storage, its way out, and the page that it keeps open.
import { SkillError } from '@switchboard/contract';
import type { Browser, BrowserContext, Page } from 'playwright';
import type { Egress } from '../egress/egress-proxy.ts';
import { inTime } from '../page/in-time.ts';
import type { PageLimits } from '../page/limits.ts';
import { navigate, type Visit, webAddress } from '../page/navigate.ts';
import { busyPage, isGone } from '../page/refusals.ts';
import type { Remembered } from './vault.ts';

const viewport = { width: 1280, height: 900 };
const goodbyeMsMax = 3_000;

export interface PageSessionOptions {
  readonly browser: Browser;
  readonly egress: Egress;
  readonly limits: PageLimits;
  readonly remembered: Remembered | undefined;
}

/** Pages are told which browser this is, without the one word for which many of them turn it away. */
async function agentName(browser: Browser): Promise<string> {
  const session = await browser.newBrowserCDPSession();
  const { userAgent } = await session.send('Browser.getVersion');
  await session.detach();
  return userAgent.replace('HeadlessChrome', 'Chrome');
}

export class PageSession {
  readonly #context: BrowserContext;
  readonly #egress: Egress;
  readonly #limits: PageLimits;
  /** Opened again when it is asked for: the browser has ended since. */
  #url: string | undefined;
  #kept: Page | undefined;
  /** One of its pages is so busy that it does not even close. */
  #stuck = false;

  private constructor(context: BrowserContext, { egress, limits, remembered }: PageSessionOptions) {
    this.#context = context;
    this.#egress = egress;
    this.#limits = limits;
    this.#url = remembered?.url;
    context.on('page', (page) => void this.#boundWindows(page));
  }

  /** Takes the egress over: it is closed with the session, also with one that does not come about. */
  static async open(options: PageSessionOptions): Promise<PageSession> {
    const { browser, egress, remembered } = options;
    try {
      const context = await browser.newContext({
        proxy: { server: egress.proxy },
        acceptDownloads: false,
        serviceWorkers: 'block',
        userAgent: await agentName(browser),
        viewport,
        ...(remembered === undefined ? {} : { storageState: remembered.storage }),
      });
      return new PageSession(context, options);
    } catch (error) {
      await egress.close();
      throw error;
    }
  }

  /** False once Chromium has ended (asked, because its end may not have been noticed yet), or a page of it is stuck. */
  async isAlive(): Promise<boolean> {
    if (this.#stuck || this.#context.browser()?.isConnected() !== true) return false;
    const answer = inTime(this.#context.cookies([]), this.#limits.replyMsMax, busyPage);
    return await answer.then(
      () => true,
      () => false,
    );
  }

  /** A window for this call, closed with it. */
  async visit<T>(work: (visit: Visit) => Promise<T>, signal: AbortSignal): Promise<T> {
    const page = await this.#context.newPage();
    try {
      return await this.#workIn(page, work, signal);
    } finally {
      await this.#closeAllBut(this.#kept);
    }
  }

  /** Opens an address in the page that the session keeps. */
  async keep<T>(work: (visit: Visit) => Promise<T>, signal: AbortSignal): Promise<T> {
    const page = this.#kept?.isClosed() === false ? this.#kept : await this.#context.newPage();
    this.#kept = page;
    await this.#closeAllBut(page);
    return await this.#workIn(page, work, signal);
  }

  /** The page that it keeps. Throws SkillError `no-page`. */
  async inKept<T>(work: (visit: Visit) => Promise<T>, signal: AbortSignal): Promise<T> {
    if (this.#kept?.isClosed() === false) return await this.#workIn(this.#kept, work, signal);
    const url = this.#url;
    if (url === undefined) throw new SkillError('no-page', 'No page is open. Open one first: “open example.com”.');
    return await this.keep(async (visit) => {
      await navigate(visit, webAddress(url));
      return await work(visit);
    }, signal);
  }

  /** The page has opened a window of its own: from now on that is the one that is kept. */
  async moveTo(page: Page): Promise<void> {
    this.#kept = page;
    await this.#closeAllBut(page);
  }

  /** What is to be kept of it. Throws SkillError `too-slow` when its pages are busy, and what Playwright throws. */
  async remembered(): Promise<Remembered> {
    const storage = await inTime(this.#context.storageState(), this.#limits.replyMsMax, busyPage);
    const open = this.#kept?.isClosed() === false ? this.#kept.url() : this.#url;
    return /^https?:/.test(open ?? '') ? { storage, url: open } : { storage };
  }

  /** False when it does not close: then only the end of Chromium ends it. */
  async close(): Promise<boolean> {
    const closing = inTime(this.#context.close(), goodbyeMsMax, busyPage);
    const isClosed = await closing.then(
      () => true,
      (error: unknown) => isGone(error),
    );
    await this.#egress.close();
    return isClosed;
  }

  async #closeAllBut(kept: Page | undefined): Promise<void> {
    const others = this.#context.pages().filter((page) => page !== kept);
    await Promise.all(others.map((page) => this.#close(page)));
  }

  async #close(page: Page): Promise<void> {
    try {
      await inTime(page.close(), goodbyeMsMax, busyPage);
    } catch (error) {
      if (!isGone(error)) this.#stuck = true;
    }
  }

  /** A page that opens windows without end gets no more of them; those that we open ourselves have no opener. */
  async #boundWindows(page: Page): Promise<void> {
    const opener = await page.opener().catch(() => null);
    if (opener !== null && this.#context.pages().length > this.#limits.windowsMax) await this.#close(page);
  }

  /** What is canceled ends with its window: nothing of it goes on. */
  async #workIn<T>(page: Page, work: (visit: Visit) => Promise<T>, signal: AbortSignal): Promise<T> {
    const close = (): void => void this.#close(page);
    signal.addEventListener('abort', close, { once: true });
    try {
      signal.throwIfAborted();
      return await work({ page, traffic: this.#egress.traffic, limits: this.#limits });
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener('abort', close);
    }
  }
}
