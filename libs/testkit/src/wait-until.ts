// Waits for what has no event to wait on.
import { setTimeout as delay } from 'node:timers/promises';

const pollMs = 20;

type Truthy<T> = Exclude<T, undefined | null | false | 0 | ''>;

/** The first value of `probe` that is truthy. Throws an error that names `what` after `timeoutMs`, or what `probe` throws. */
export async function waitUntil<T>(
  what: string,
  probe: () => T | Promise<T>,
  timeoutMs: number = 10_000,
): Promise<Truthy<T>> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const value = await probe();
    if (value) return value as Truthy<T>;
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs} ms in vain: ${what}`);
    await delay(pollMs);
  }
}
