// Disks that lose, all at one moment, what was never synced to them, as when the power goes. Only root may mount one.
import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Sparse: what is never written takes no space. */
const bytesMax = 2 * 1024 ** 3;
const unmountMsMax = 20_000;

/**
 * EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH: from then on nothing reaches the disk, not even the journal that
 * is in memory. The processes are stopped first and killed last: none of them sees a disk that fails.
 */
const cutter = `
my ($count, @rest) = @ARGV;
my @pids = splice @rest, 0, $count;
my @disks = map { open(my $disk, '<', $_) or die "$_: $!"; $disk } @rest;
kill 'STOP', @pids;
my $flags = pack 'L', 2;
for (@disks) { ioctl($_, 0x8004587d, $flags) or die "shutdown: $!" }
kill 'KILL', @pids;
`;

/** Such disks cannot be had here; the message says why. */
export class CannotCutError extends Error {
  override readonly name = 'CannotCutError';
}

/** Of files that were written to each disk: proof that a cut was one, and no more than one. */
export interface Witness {
  /** Disks that lost what was not synced: all of them, unless somebody synced a whole disk in that instant. */
  readonly lost: number;
  /** Disks that still have what was synced: all of them, or it was more than a power cut. */
  readonly kept: number;
}

export interface CutDisks {
  readonly count: number;
  /** One for each cut so far. */
  readonly witnesses: readonly Witness[];
  /** Where the one of this name is. */
  folderOf(name: string): string;
  /** Kills these processes and cuts every disk at that moment. Resolves when the disks are back. */
  cut(pids: readonly number[]): Promise<Witness>;
  /** Takes the disks away for good, when nobody uses them any more. */
  close(): Promise<void>;
}

interface Disk {
  readonly image: string;
  readonly mount: string;
}

const text = 'a witness';
const synced = ({ mount }: Disk): string => join(mount, 'synced');
/** A new one for each cut: ext4 syncs what is written anew over an old file. */
const unsynced = ({ mount }: Disk, cut: number): string => join(mount, `unsynced-${cut}`);

const mountDisk = ({ image, mount }: Disk) => run('mount', ['-o', 'loop', image, mount]);

/**
 * A process that was killed may need some time until it is gone, and a disk that is in use cannot be unmounted. A mount
 * namespace that anybody made meanwhile holds the disk as well: mounted again too soon it would still be the one that
 * was cut.
 */
async function unmountDisk({ image, mount }: Disk): Promise<void> {
  const until = Date.now() + unmountMsMax;
  const attempt = async (work: () => Promise<unknown>): Promise<void> => {
    for (;;) {
      try {
        await work();
        return;
      } catch (error) {
        if (Date.now() > until) throw error;
      }
      await delay(20);
    }
  };
  await attempt(() => run('umount', [mount]));
  await attempt(async () => {
    const { stdout } = await run('losetup', ['--associated', image]);
    if (stdout !== '') throw new Error(`somebody still uses ${image}`);
  });
}

async function makeDisk(disk: Disk): Promise<void> {
  await mkdir(disk.mount, { recursive: true });
  await writeFile(disk.image, '');
  await truncate(disk.image, bytesMax);
  await run('mkfs.ext4', ['-q', '-F', disk.image]);
}

/** How many of these files hold what was written to them. */
async function intact(files: readonly string[]): Promise<number> {
  const contents = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => undefined)));
  return contents.filter((content) => content === text).length;
}

/**
 * One ext4 image for each name: on a common one they would sync each other's journal. Throws CannotCutError; `folder` is
 * gone then.
 */
export async function mountCutDisks(folder: string, names: readonly string[]): Promise<CutDisks> {
  const disks = names.map((name): Disk => ({ image: join(folder, `${name}.img`), mount: join(folder, name) }));
  const mounted: Disk[] = [];
  const witnesses: Witness[] = [];
  const mountAll = async (): Promise<void> => {
    for (const disk of disks) {
      await mountDisk(disk);
      mounted.push(disk);
    }
  };
  const unmountAll = (): Promise<unknown> => Promise.all(mounted.splice(0).map(unmountDisk));
  try {
    await Promise.all(disks.map(makeDisk));
    await mountAll();
    // Once, and not just before each cut: syncing any file of a disk makes much else on it last.
    await Promise.all(disks.map((disk) => writeFile(synced(disk), text, { flush: true })));
  } catch (cause) {
    await unmountAll();
    await rm(folder, { recursive: true, force: true });
    const why = cause instanceof Error ? cause.message.trim() : cause;
    throw new CannotCutError(`disks that can be cut need root, loop devices and e2fsprogs: ${why}`, { cause });
  }
  return {
    count: disks.length,
    witnesses,
    folderOf: (name) => join(folder, name),
    async cut(pids) {
      const fresh = disks.map((disk) => unsynced(disk, witnesses.length));
      await Promise.all(fresh.map((file) => writeFile(file, text)));
      const mounts = disks.map(({ mount }) => mount);
      await run('/usr/bin/perl', ['-e', cutter, String(pids.length), ...pids.map(String), ...mounts]);
      await unmountAll();
      await mountAll();
      const witness = { lost: disks.length - (await intact(fresh)), kept: await intact(disks.map(synced)) };
      witnesses.push(witness);
      return witness;
    },
    close: async () => void (await unmountAll()),
  };
}
