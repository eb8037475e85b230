// Which servers still work on a folder: told by the folder they run in, which no process id that was used again can fake.
import { readdir, readFile, readlink, realpath } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { StartError } from './start-error.ts';

const pollMs = 25;
/** The kernel keeps so much of a program's name. */
const nameLength = 15;

async function processesIn(folder: string, program: string): Promise<number[]> {
  const found: number[] = [];
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const at = await readlink(`/proc/${entry}/cwd`).catch(() => undefined);
    if (at !== folder) continue;
    const name = await readFile(`/proc/${entry}/comm`, 'utf8').catch(() => '');
    if (name.trimEnd() === program.slice(0, nameLength)) found.push(Number(entry));
  }
  return found;
}

/**
 * Waits until no process of `program` (a file name) runs in `folder`: one that is stopping gets `msMax`, and `onWait` is
 * told who is still there, again and again. Throws StartError `in-use` when one stays.
 */
export async function waitUntilUnused(
  folder: string,
  program: string,
  msMax: number,
  onWait?: (pids: readonly number[]) => void,
): Promise<void> {
  const real = await realpath(folder);
  const deadline = Date.now() + msMax;
  for (;;) {
    const pids = await processesIn(real, program);
    if (pids.length === 0) return;
    if (Date.now() > deadline) {
      throw new StartError('in-use', `another ${program} works on ${folder} (process ${pids.join(', ')})`);
    }
    onWait?.(pids);
    await delay(pollMs);
  }
}
