// The browser contexts of all sessions: opened when one is needed, one call at a time in each, closed when it rests.
import { SwitchboardError } from '@switchboard/contract';
import type { Log } from '@switchboard/service';
import type { BrowserProcess } from '../chromium/browser-process.ts';
import type { BrowserNetwork } from '../chromium/closed-network.ts';
import type { Egress } from '../egress/egress-proxy.ts';
import type { PageLimits } from '../page/limits.ts';
import { PageSession } from './page-session.ts';
import type { Vault } from './vault.ts';

export interface SessionsOptions {
  readonly browser: BrowserProcess;
  readonly openEgress: (network: BrowserNetwork) => Promise<Egress>;
  readonly vault: Vault;
  readonly limits: PageLimits;
  /** Sessions that have a context at a time, and rest; one more is opened only when it must. */
  readonly openMax: number;
  /** A session that rests so long is closed; with the last one Chromium ends. */
  readonly idleMs: number;
  readonly log: Log;
}

interface Slot {
  /** The last call of the queue. */
  tail: Promise<void>;
  waiting: number;
  session: PageSession | undefined;
  timer: NodeJS.Timeout | undefined;
}

export class Sessions {
  readonly #options: SessionsOptions;
  readonly #slots = new Map<string, Slot>();
  #closed = false;

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  /**
   * Calls of one session come one after another. `changes`: what its pages have stored is put on the disk after it.
   * Throws as BrowserProcess.get does, and what `work` throws.
   */
  async use<T>(
    id: string,
    { signal, changes }: { signal: AbortSignal; changes: boolean },
    work: (session: PageSession) => Promise<T>,
  ): Promise<T> {
    if (this.#closed) throw new SwitchboardError('unavailable', 'The browser is ending.');
    const slot = this.#slotOf(id);
    clearTimeout(slot.timer);
    slot.waiting += 1;
    try {
      return await inTurn(slot, async () => {
        signal.throwIfAborted();
        const session = await this.#sessionIn(id, slot);
        const done = await work(session);
        if (changes) await this.#save(id, session);
        return done;
      });
    } finally {
      slot.waiting -= 1;
      if (slot.waiting === 0 && !this.#closed) {
        slot.timer = setTimeout(() => void this.#end(id, slot), this.#options.idleMs).unref();
      }
    }
  }

  /** Ends all of them and Chromium; waits for what is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(Array.from(this.#slots, ([id, slot]) => this.#end(id, slot)));
    await this.#options.browser.end();
  }

  /** The map keeps them in the order in which they were used last. */
  #slotOf(id: string): Slot {
    const slot = this.#slots.get(id) ?? { tail: Promise.resolve(), waiting: 0, session: undefined, timer: undefined };
    this.#slots.delete(id);
    this.#slots.set(id, slot);
    return slot;
  }

  async #sessionIn(id: string, slot: Slot): Promise<PageSession> {
    const before = slot.session;
    if (before !== undefined && (await before.isAlive())) return before;
    await this.#closeIn(slot);
    await this.#makeRoom();
    const { browser, openEgress, limits, vault } = this.#options;
    const remembered = await vault.load(id);
    const running = await browser.get();
    const egress = await openEgress(running.network);
    slot.session = await PageSession.open({ browser: running.browser, egress, limits, remembered });
    return slot.session;
  }

  /** What does not close takes Chromium with it; the others are opened again as they were kept. */
  async #closeIn(slot: Slot): Promise<void> {
    const { session } = slot;
    slot.session = undefined;
    if (session === undefined || (await session.close())) return;
    this.#options.log.warn('a page is so busy that it does not close: Chromium is ended');
    await this.#options.browser.end();
  }

  /** Those that have rested longest go first; one that is in use stays. */
  async #makeRoom(): Promise<void> {
    const open = Array.from(this.#slots).filter(([, slot]) => slot.session !== undefined);
    const resting = open.filter(([, slot]) => slot.waiting === 0);
    for (const [id, slot] of resting.slice(0, Math.max(0, open.length + 1 - this.#options.openMax))) {
      await this.#end(id, slot);
    }
  }

  async #end(id: string, slot: Slot): Promise<void> {
    clearTimeout(slot.timer);
    await inTurn(slot, async () => {
      if (slot.session !== undefined) await this.#save(id, slot.session);
      await this.#closeIn(slot);
    });
    if (slot.waiting === 0 && this.#slots.get(id) === slot) this.#slots.delete(id);
    if (this.#slots.size === 0 && !this.#closed) await this.#options.browser.end();
  }

  /** Throws nothing: what is not on the disk now gets there the next time, or is lost with the process. */
  async #save(id: string, session: PageSession): Promise<void> {
    try {
      if (!(await session.isAlive())) return;
      await this.#options.vault.save(id, await session.remembered());
    } catch (error) {
      this.#options.log.warn({ err: error }, 'what the pages of a session have stored is not on the disk');
    }
  }
}

async function inTurn<T>(slot: Slot, work: () => Promise<T>): Promise<T> {
  const before = slot.tail;
  const { promise, resolve } = Promise.withResolvers<void>();
  slot.tail = promise;
  await before;
  try {
    return await work();
  } finally {
    resolve();
  }
}
