// Real files whose syncs are counted and can be held up, and which can be as full as /dev/full.
import { open } from 'node:fs/promises';

type Sync = () => Promise<void>;

export interface WatchedFile {
  readonly open: typeof open;
  /** How many syncs of file contents have begun. */
  syncs(): number;
  /** Runs instead of every sync from now on. */
  aroundSync(around: (sync: Sync) => Promise<void>): void;
  /** From now on so many bytes can be written in all; undefined: as many as the disk takes. */
  roomFor(bytes: number | undefined): void;
}

async function writeToFullDisk(): Promise<never> {
  const full = await open('/dev/full', 'w');
  try {
    await full.write('x');
    throw new Error('/dev/full took a byte');
  } finally {
    await full.close();
  }
}

export function watchedFile(): WatchedFile {
  let syncs = 0;
  let room: number | undefined;
  let around = (sync: Sync): Promise<void> => sync();

  const watchedOpen: typeof open = async (...given) => {
    const file = await open(...given);
    const datasync = file.datasync.bind(file);
    const write = file.write.bind(file);
    return Object.assign(file, {
      datasync() {
        syncs++;
        return around(datasync);
      },
      async write(bytes: Buffer, from: number, length: number, at: number): Promise<unknown> {
        const fits = Math.min(length, room ?? length);
        if (fits === 0) return writeToFullDisk();
        if (room !== undefined) room -= fits;
        return Reflect.apply(write, file, [bytes, from, fits, at]);
      },
    });
  };
  return {
    open: watchedOpen,
    syncs: () => syncs,
    aroundSync(instead) {
      around = instead;
    },
    roomFor(bytes) {
      room = bytes;
    },
  };
}
