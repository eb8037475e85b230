// Real files whose syncs are counted, and which can be as full as /dev/full.
import { open } from 'node:fs/promises';

export interface WatchedFile {
  readonly open: typeof open;
  /** How many syncs of file contents have begun. */
  syncs(): number;
  /** From now on so many bytes can be written in all; undefined: as many as the disk takes. */
  roomFor(bytes: number | undefined): void;
}

export function watchedFile(): WatchedFile {
  let syncs = 0;
  let room: number | undefined;

  const watchedOpen: typeof open = async (...given) => {
    const file = await open(...given);
    const { datasync, write } = file;
    const fullDisk = async (): Promise<never> => {
      const full = await open('/dev/full', 'w');
      try {
        await full.write('x');
        throw new Error('/dev/full took a byte');
      } finally {
        await full.close();
      }
    };
    return Object.assign(file, {
      datasync() {
        syncs++;
        return datasync.call(file);
      },
      async write(bytes: Buffer, from: number, length: number, at: number): Promise<unknown> {
        const fits = Math.min(length, room ?? length);
        if (fits === 0) return fullDisk();
        if (room !== undefined) room -= fits;
        return Reflect.apply(write, file, [bytes, from, fits, at]);
      },
    });
  };
  return {
    open: watchedOpen,
    syncs: () => syncs,
    roomFor(bytes) {
      room = bytes;
    },
  };
}
