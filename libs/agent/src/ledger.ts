// What an agent has promised to remember: which invocations it started, how they ended, and which will never run.
import { type InvokeReply, invokeReplySchema, type JsonValue, SwitchboardError } from '@switchboard/contract';
import { z } from 'zod';
import { type Journal, type JournalOptions, openJournal } from './journal.ts';
import { type LedgerLine, parseLedgerLine } from './ledger-lines.ts';
import type { Line } from './read-lines.ts';

const mebibyte = 1024 * 1024;
const retentionMs = 7 * 24 * 60 * 60 * 1000;
/** What ended so lately is never forgotten: no deadline is that far away, so what is forgotten cannot run again. */
const endedMsMin = 60 * 60 * 1000;

export interface LedgerLimits {
  /** Of what has ended at most so much is kept, the newest. What is open or fenced is kept for the whole retention. */
  readonly endedBytesMax: number;
  /** The file is rewritten when it has doubled, but not before it has this size. */
  readonly rewriteBytesMin: number;
}
const usualLimits: LedgerLimits = { endedBytesMax: 128 * mebibyte, rewriteBytesMin: 64 * mebibyte };
export const noteBytesMax = 64 * 1024;

export interface LedgerOptions extends JournalOptions {
  /** Written into every `started` line. */
  readonly instance: string;
  /** A rewrite failed, as on a full disk: the ledger goes on as it is. */
  readonly onRewriteFailed: (error: unknown) => void;
  readonly limits?: LedgerLimits;
  readonly now?: () => number;
}

/**
 * interrupted: started, and the process that ran it is gone or was stopped in mid-effect. forgotten: it may have been
 * here, longer ago than the ledger reaches.
 */
export type Known =
  | { readonly state: 'running' | 'interrupted'; readonly skill: string; readonly inputHash: string }
  | { readonly state: 'ended' | 'fenced' | 'unseen' | 'forgotten' };

interface Open {
  readonly skill: string;
  readonly inputHash: string;
  /** Where its lines are. */
  startedAt: number;
  notedAt: number | undefined;
  running: boolean;
  /** Its end, as long as the disk has not taken it. */
  reply: InvokeReply | undefined;
}

/** The id begins with the turn's UUID, which in version 7 begins with the milliseconds of its making. */
function madeAt(id: string): number {
  return id[14] === '7' ? Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16) : Number.POSITIVE_INFINITY;
}

/** Every method that writes resolves once it is on the disk, and rejects with `unavailable` when it cannot be. */
export class Ledger {
  readonly #options: LedgerOptions;
  readonly #journal: Journal;
  readonly #limits: LedgerLimits;
  /** Invocation id → the offset of the line: replies stay on the disk. */
  readonly #ended = new Map<string, number>();
  readonly #open = new Map<string, Open>();
  /** Undefined: not on the disk (yet), and refused all the same. */
  readonly #fenced = new Map<string, number | undefined>();
  #keptSince = 0;
  #damaged = 0;
  #rewriteAt: number;

  private constructor(options: LedgerOptions, journal: Journal) {
    this.#options = options;
    this.#journal = journal;
    this.#limits = options.limits ?? usualLimits;
    this.#rewriteAt = this.#limits.rewriteBytesMin;
  }

  /** Reads what is there: what was started and has no end is interrupted. Throws what the file system throws. */
  static async open(options: LedgerOptions): Promise<Ledger> {
    const ledger = new Ledger(options, await openJournal(options));
    for await (const line of ledger.#journal.lines()) ledger.#load(line);
    if (ledger.#journal.size > 0) await ledger.#rewrite();
    return ledger;
  }

  /** Lines that were torn or damaged when it was opened. */
  get damaged(): number {
    return this.#damaged;
  }

  look(id: string): Known {
    if (this.#ended.has(id)) return { state: 'ended' };
    if (this.#fenced.has(id)) return { state: 'fenced' };
    const open = this.#open.get(id);
    if (open === undefined) return { state: madeAt(id) <= this.#keptSince ? 'forgotten' : 'unseen' };
    if (open.reply !== undefined) return { state: 'ended' };
    return { state: open.running ? 'running' : 'interrupted', skill: open.skill, inputHash: open.inputHash };
  }

  /** To be called before the effect, and waited for. */
  start(id: string, skill: string, inputHash: string, deadline: string): Promise<void> {
    const { instance } = this.#options;
    return this.#append({ t: 'started', at: this.#time(), id, skill, inputHash, deadline, instance }, (startedAt) => {
      this.#open.set(id, { skill, inputHash, startedAt, notedAt: undefined, running: true, reply: undefined });
    });
  }

  /** Throws `too-large` past noteBytesMax. */
  async note(id: string, data: JsonValue): Promise<void> {
    const text = JSON.stringify(data);
    if (Buffer.byteLength(text) > noteBytesMax) throw new SwitchboardError('too-large', 'The note is too large');
    await this.#append({ t: 'note', at: this.#time(), id, data: z.json().parse(JSON.parse(text)) }, (notedAt) => {
      const open = this.#open.get(id);
      if (open !== undefined) open.notedAt = notedAt;
    });
  }

  /** Until the disk has taken it, the end is kept in memory: this process never forgets that the effect is done. */
  async end(reply: InvokeReply & { state: 'done' | 'failed' }): Promise<void> {
    const open = this.#open.get(reply.id);
    if (open !== undefined) open.reply = reply;
    await this.#append({ t: reply.state, at: this.#time(), id: reply.id, reply }, (offset) => {
      this.#ended.set(reply.id, offset);
      this.#open.delete(reply.id);
    });
  }

  /** From the call on, whatever becomes of the promise, this process refuses the id. May be called again. */
  async fence(id: string): Promise<void> {
    if (this.#fenced.get(id) !== undefined) return;
    this.#fenced.set(id, undefined);
    await this.#append({ t: 'fenced', at: this.#time(), id }, (offset) => this.#fenced.set(id, offset));
  }

  /** Its handler was stopped in mid-effect; after a restart it is so by itself. */
  interrupt(id: string): void {
    const open = this.#open.get(id);
    if (open !== undefined) open.running = false;
  }

  /** The reply of an id that has ended, read back. */
  async reply(id: string): Promise<InvokeReply> {
    const kept = this.#open.get(id)?.reply;
    if (kept !== undefined) return kept;
    const line = await this.#read(() => this.#ended.get(id));
    if (line?.t !== 'done' && line?.t !== 'failed') throw new Error(`the ledger has no end of ${id}`);
    return invokeReplySchema.parse(line.reply);
  }

  /** The last note of an id that was interrupted. */
  async noted(id: string): Promise<JsonValue | undefined> {
    if (this.#open.get(id)?.notedAt === undefined) return undefined;
    const line = await this.#read(() => this.#open.get(id)?.notedAt);
    if (line?.t !== 'note') throw new Error(`the ledger has no note of ${id}`);
    return line.data;
  }

  /** Finishes what is in flight. */
  close(): Promise<void> {
    return this.#journal.close();
  }

  #now(): number {
    return this.#options.now?.() ?? Date.now();
  }

  #time(): string {
    return new Date(this.#now()).toISOString();
  }

  /** The offset is asked for when it is its turn: a rewrite may move the line. */
  async #read(offset: () => number | undefined): Promise<LedgerLine | undefined> {
    return parseLedgerLine(await this.#journal.read(() => offset() ?? this.#journal.size));
  }

  async #append(line: LedgerLine, placed: (offset: number) => void): Promise<void> {
    try {
      await this.#journal.append(JSON.stringify(line), placed);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new SwitchboardError('unavailable', `The agent's ledger cannot be written: ${why}`, { cause });
    }
    if (this.#journal.size > this.#rewriteAt) void this.#rewrite();
  }

  #load({ text, offset }: Line): void {
    const line = parseLedgerLine(text);
    if (line === undefined) {
      if (text !== '') this.#damaged++;
    } else if (line.t === 'kept') {
      this.#keptSince = Math.max(this.#keptSince, Date.parse(line.since));
    } else if (line.t === 'started') {
      const { skill, inputHash } = line;
      const open = { skill, inputHash, startedAt: offset, notedAt: undefined, running: false, reply: undefined };
      this.#open.set(line.id, open);
    } else if (line.t === 'note') {
      const open = this.#open.get(line.id);
      if (open !== undefined) open.notedAt = offset;
    } else {
      this.#open.delete(line.id);
      (line.t === 'fenced' ? this.#fenced : this.#ended).set(line.id, offset);
    }
  }

  /** Whether the line at this offset is the one that counts for its id. */
  #counts(line: LedgerLine & { id: string }, offset: number): boolean {
    if (line.t === 'started') return this.#open.get(line.id)?.startedAt === offset;
    if (line.t === 'note') return this.#open.get(line.id)?.notedAt === offset;
    return (line.t === 'fenced' ? this.#fenced : this.#ended).get(line.id) === offset;
  }

  /** Leaves out what no longer counts, what is past its retention, and the oldest ends past their limit. */
  async #rewrite(): Promise<void> {
    this.#rewriteAt = Number.POSITIVE_INFINITY;
    const now = this.#now();
    const surplus = this.#journal.size - this.#limits.endedBytesMax;
    const forgotten = new Set<string>();
    let keptSince = this.#keptSince;
    const keep = ({ text, offset }: Line): boolean => {
      const line = parseLedgerLine(text);
      if (line === undefined || line.t === 'kept' || !this.#counts(line, offset)) return false;
      if (forgotten.has(line.id)) return false;
      const at = Date.parse(line.at);
      const early = (line.t === 'done' || line.t === 'failed') && offset < surplus;
      if (this.#open.get(line.id)?.running || at >= now - (early ? endedMsMin : retentionMs)) return true;
      forgotten.add(line.id);
      keptSince = Math.max(keptSince, at);
      return false;
    };
    const kept = (): string =>
      JSON.stringify({ t: 'kept', at: this.#time(), since: new Date(keptSince).toISOString() } satisfies LedgerLine);
    try {
      await this.#journal.rewrite(keep, kept, (places) => {
        for (const id of forgotten) this.#forget(id);
        this.#move(places);
        this.#keptSince = keptSince;
      });
    } catch (error) {
      this.#options.onRewriteFailed(error);
    }
    this.#rewriteAt = Math.max(this.#limits.rewriteBytesMin, 2 * this.#journal.size);
  }

  #forget(id: string): void {
    this.#ended.delete(id);
    this.#open.delete(id);
    this.#fenced.delete(id);
  }

  #move(places: ReadonlyMap<number, number>): void {
    const moved = (offset: number): number => {
      const place = places.get(offset);
      if (place === undefined) throw new Error('a ledger line was lost in a rewrite');
      return place;
    };
    for (const [id, offset] of this.#ended) this.#ended.set(id, moved(offset));
    for (const [id, offset] of this.#fenced) if (offset !== undefined) this.#fenced.set(id, moved(offset));
    for (const open of this.#open.values()) {
      open.startedAt = moved(open.startedAt);
      if (open.notedAt !== undefined) open.notedAt = moved(open.notedAt);
    }
  }
}
