// What a PostgreSQL that died left behind: processes that still end, and a lock that names a stranger's process id.
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { waitUntilUnused } from './processes-in.ts';

async function postmasterPid(dataDir: string): Promise<number | undefined> {
  const text = await readFile(join(dataDir, 'postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number.parseInt(text, 10);
  return pid > 0 ? pid : undefined;
}

/** False when there is no such process. */
function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/**
 * Waits, at most `msMax`, until nothing works on `dataDir`. Backends whose postmaster was killed are told to go at once. PostgreSQL would
 * refuse to start while the process id in its lock file is alive, even when it is some other program's by now: then the
 * lock goes. Throws StartError `in-use` when a PostgreSQL stays.
 */
export async function clearLeftovers(dataDir: string, msMax: number): Promise<void> {
  const postmaster = await postmasterPid(dataDir);
  await waitUntilUnused(dataDir, 'postgres', msMax, (pids) => {
    if (postmaster === undefined || !pids.includes(postmaster)) for (const pid of pids) signal(pid, 'SIGQUIT');
  });
  if (postmaster !== undefined && signal(postmaster, 0)) await rm(join(dataDir, 'postmaster.pid'), { force: true });
}
