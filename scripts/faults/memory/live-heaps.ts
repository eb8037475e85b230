// What Node processes still hold after their heaps were cleared: what a heap grows to before that says nothing of a leak.
import { readFileSync, readlinkSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { waitUntil } from '@switchboard/testkit/wait-until';
import { heapFile } from './heap-file.ts';

const answerMsMax = 20_000;

/** For the environment of what is watched; the folder is made by the caller. */
export function heapReporting(folder: string): string {
  const reporter = pathToFileURL(join(import.meta.dirname, 'heap-reporter.ts'));
  reporter.searchParams.set('folder', folder);
  return `--expose-gc --import ${reporter.href.replaceAll('+', '%20')}`;
}

/** In MiB; 0 for what is no Node process. Throws when one does not answer: it is gone, or not watched. */
export async function liveHeapMb(folder: string, pid: number): Promise<number> {
  if (basename(readlinkSync(`/proc/${pid}/exe`)) !== 'node') return 0;
  const file = heapFile(folder, pid);
  rmSync(file, { force: true });
  process.kill(pid, 'SIGUSR2');
  const bytes = await waitUntil(
    `the heap of ${pid}`,
    () => {
      try {
        return Number(readFileSync(file, 'utf8'));
      } catch {
        return undefined;
      }
    },
    answerMsMax,
  );
  return bytes / 1024 ** 2;
}
