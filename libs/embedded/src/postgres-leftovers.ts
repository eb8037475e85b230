// What a server that died left behind: processes that still end, and a lock that names a stranger's process id.
import { readdir, readFile, readlink, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { StartError } from './start-error.ts';

const endMsMax = 15_000;
const pollMs = 25;

async function postmasterPid(dataDir: string): Promise<number | undefined> {
  const text = await readFile(join(dataDir, 'postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number.parseInt(text, 10);
  return pid > 0 ? pid : undefined;
}

/** PostgreSQL's processes work in their data folder, so that tells whose they are better than any process id. */
async function serversIn(dataDir: string): Promise<number[]> {
  const found: number[] = [];
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const folder = await readlink(`/proc/${entry}/cwd`).catch(() => undefined);
    if (folder !== dataDir) continue;
    const name = await readFile(`/proc/${entry}/comm`, 'utf8').catch(() => '');
    if (name.startsWith('postgres')) found.push(Number(entry));
  }
  return found;
}

function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, name);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/**
 * Waits until nothing works on `dataDir` (a real path). Backends whose postmaster was killed are told to go at once;
 * a postmaster that is stopping gets its time. Throws StartError `in-use` when one stays. PostgreSQL would refuse to
 * start while the process id in its lock file is alive, even when it is some other program's by now: then the lock goes.
 */
export async function clearLeftovers(dataDir: string): Promise<void> {
  const postmaster = await postmasterPid(dataDir);
  const deadline = Date.now() + endMsMax;
  for (;;) {
    const alive = await serversIn(dataDir);
    if (alive.length === 0) break;
    if (Date.now() > deadline) {
      throw new StartError('in-use', `another PostgreSQL works on ${dataDir} (process ${alive.join(', ')})`);
    }
    if (postmaster === undefined || !alive.includes(postmaster)) for (const pid of alive) signal(pid, 'SIGQUIT');
    await delay(pollMs);
  }
  if (postmaster !== undefined && signal(postmaster, 0)) await rm(join(dataDir, 'postmaster.pid'), { force: true });
}
