// A file that grows line by line; a line counts once it is on the disk. Lines in flight together share one sync.
import { constants, type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Line, readLines } from './read-lines.ts';

/** What one sync may cover: more waits for the next one. */
const batchBytesMax = 4 * 1024 * 1024;
const newline = 0x0a;

export interface JournalOptions {
  readonly path: string;
  /** The disk did not keep what it had taken: nothing is known of the file any more, so the process should end. */
  readonly onBroken: (error: unknown) => void;
  /** node:fs/promises `open`, for a test that counts and cuts. */
  readonly open?: typeof open;
}

interface Entry {
  readonly bytes: Buffer;
  readonly resolve: (offset: number) => void;
  readonly reject: (error: unknown) => void;
}

async function writeAt(file: FileHandle, bytes: Buffer, offset: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, offset + done);
    done += bytesWritten;
  }
}

/** Makes a name that was made, changed or removed in a folder last. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Whether the last line lacks its newline, as a crash or a full disk may leave it. */
async function isTorn(file: FileHandle, size: number): Promise<boolean> {
  if (size === 0) return false;
  const last = Buffer.alloc(1);
  await file.read(last, 0, 1, size - 1);
  return last[0] !== newline;
}

/** Writes the lines to keep, and then `tail`. Returns old offset → new offset. */
async function copyLines(
  from: FileHandle,
  to: FileHandle,
  keep: (line: Line) => boolean,
  tail: () => string,
): Promise<{ places: Map<number, number>; size: number }> {
  const places = new Map<number, number>();
  let pending: Buffer[] = [];
  let written = 0;
  let size = 0;
  const write = async (): Promise<void> => {
    await writeAt(to, Buffer.concat(pending), written);
    written = size;
    pending = [];
  };
  const add = (text: string): void => {
    const bytes = Buffer.from(`${text}\n`);
    pending.push(bytes);
    size += bytes.length;
  };
  for await (const line of readLines(from)) {
    if (!keep(line)) continue;
    places.set(line.offset, size);
    add(line.text);
    if (size - written > batchBytesMax) await write();
  }
  add(tail());
  await write();
  await to.datasync();
  return { places, size };
}

export class Journal {
  readonly #options: JournalOptions;
  #file: FileHandle;
  #size: number;
  /** The next write starts with a newline, so that the torn line spoils only itself. */
  #torn: boolean;
  #queue: Entry[] = [];
  #last: Promise<unknown> = Promise.resolve();
  #broken = false;

  /** Use openJournal. */
  constructor(options: JournalOptions, file: FileHandle, size: number, torn: boolean) {
    this.#options = options;
    this.#file = file;
    this.#size = size;
    this.#torn = torn;
  }

  get size(): number {
    return this.#size;
  }

  /** Everything that is there; call it before the first append. */
  lines(): AsyncGenerator<Line> {
    return readLines(this.#file);
  }

  /**
   * Resolves once the line is on the disk; `placed` learns where, just before. Rejects when it is not there and will
   * not be, as on a full disk.
   */
  append(text: string, placed: (offset: number) => void): Promise<void> {
    return new Promise((done, reject) => {
      const resolve = (offset: number): void => {
        placed(offset);
        done();
      };
      if (this.#queue.push({ bytes: Buffer.from(`${text}\n`), resolve, reject }) === 1) this.#flushSoon();
    });
  }

  /** The line at an offset that `placed` or `lines` gave. */
  read(offset: () => number): Promise<string> {
    return this.#inTurn(async () => {
      for await (const line of readLines(this.#file, offset())) return line.text;
      throw new Error(`${this.#options.path} ends before ${offset()}`);
    });
  }

  /**
   * Replaces the file by the lines to keep and `tail`, in one rename; `moved` learns their new offsets before anything
   * else is read or written. Rejects with the old file untouched, or broken.
   */
  rewrite(
    keep: (line: Line) => boolean,
    tail: () => string,
    moved: (places: ReadonlyMap<number, number>) => void,
  ): Promise<void> {
    return this.#inTurn(async () => {
      const { path } = this.#options;
      const temporary = `${path}.new`;
      await rm(temporary, { force: true });
      const next = await this.#open(temporary, 'wx+', 0o600);
      const copied = await copyLines(this.#file, next, keep, tail).catch(async (error: unknown) => {
        await next.close();
        await rm(temporary, { force: true });
        throw error;
      });
      try {
        await rename(temporary, path);
        await syncFolder(dirname(path));
        await this.#file.close();
      } catch (error) {
        this.#break(error);
      }
      this.#file = next;
      this.#size = copied.size;
      this.#torn = false;
      moved(copied.places);
    });
  }

  /** Finishes what is in flight. */
  close(): Promise<void> {
    return this.#inTurn(() => this.#file.close());
  }

  get #open(): typeof open {
    return this.#options.open ?? open;
  }

  /** One at a time, in order: writes, reads and the rewrite never see each other half done. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }

  #flushSoon(): void {
    void this.#inTurn(() => this.#flush());
  }

  #takeBatch(): Entry[] {
    let bytes = 0;
    let count = 0;
    for (const entry of this.#queue) {
      bytes += entry.bytes.length;
      if (count > 0 && bytes > batchBytesMax) break;
      count++;
    }
    return this.#queue.splice(0, count);
  }

  async #flush(): Promise<void> {
    const batch = this.#takeBatch();
    if (this.#queue.length > 0) this.#flushSoon();
    const head = Buffer.from(this.#torn ? '\n' : '');
    try {
      await this.#store(Buffer.concat([head, ...batch.map((entry) => entry.bytes)]));
    } catch (error) {
      for (const entry of batch) entry.reject(error);
      return;
    }
    this.#torn = false;
    this.#size += head.length;
    for (const entry of batch) {
      const offset = this.#size;
      this.#size += entry.bytes.length;
      entry.resolve(offset);
    }
  }

  async #store(bytes: Buffer): Promise<void> {
    if (this.#broken) throw new Error(`${this.#options.path} is broken`);
    try {
      await writeAt(this.#file, bytes, this.#size);
    } catch (error) {
      await this.#file.truncate(this.#size).catch((worse: unknown) => this.#break(worse));
      throw error;
    }
    // After a failed sync the kernel may call the lost pages clean, so trying again would prove nothing.
    await this.#file.datasync().catch((error: unknown) => this.#break(error));
  }

  #break(error: unknown): never {
    this.#broken = true;
    this.#options.onBroken(error);
    throw error;
  }
}

/** Opens the journal, or makes it. What a crash left in the system's cache is on the disk when this resolves. */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  const file = await (options.open ?? open)(options.path, constants.O_RDWR | constants.O_CREAT, 0o600);
  await file.datasync();
  await syncFolder(dirname(options.path));
  const { size } = await file.stat();
  return new Journal(options, file, size, await isTorn(file, size));
}
