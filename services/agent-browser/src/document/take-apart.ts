// Gives a page's HTML to a thread with limits on its time and memory, and takes back what it found.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { SkillError } from '@switchboard/contract';
import type { ReadAs, WayToRead } from './ways-to-read.ts';

const msMax = 15_000;
const memoryMbMax = 512;

export interface Task {
  readonly way: WayToRead;
  readonly html: string;
  /** What its relative addresses are relative to. */
  readonly url: string;
}

/** Throws SkillError `too-large` for a page that is too much to read, and the signal's reason. */
export async function takeApart<Way extends WayToRead>(
  task: Task & { readonly way: Way },
  signal: AbortSignal,
): Promise<ReadAs<Way>> {
  const worker = new Worker(new URL('document-worker.ts', import.meta.url), {
    workerData: task,
    resourceLimits: { maxOldGenerationSizeMb: memoryMbMax },
    // It does not get the agent's secrets, and what it writes is nobody's.
    env: {},
    stdout: true,
    stderr: true,
  });
  try {
    const late = AbortSignal.timeout(msMax);
    const [found] = await once(worker, 'message', { signal: AbortSignal.any([signal, late]) });
    return found;
  } catch (cause) {
    signal.throwIfAborted();
    throw new SkillError('too-large', 'There is too much on the page to be read.', { cause });
  } finally {
    await worker.terminate();
  }
}
