// Finds out what came of a request whose answer was lost: by looking for what it would have made.
import { setTimeout as delay } from 'node:timers/promises';
import { SwitchboardError } from '@switchboard/contract';
import { TrytonError } from './json-rpc.ts';

/**
 * The server has accepted a lost request before it accepts the look that comes after it; it gets so long to carry it out
 * before a second look is believed.
 */
const settleMs = 3_000;

/** What `look` finds, at once or after that time; undefined when it is not there. Throws what `look` throws. */
export async function settled<T>(look: () => Promise<T | undefined>, signal: AbortSignal): Promise<T | undefined> {
  const found = await look();
  if (found !== undefined) return found;
  await delay(settleMs, undefined, { signal }).catch(() => signal.throwIfAborted());
  return look();
}

/**
 * Sends a request that may be carried out once, and returns what came of it, also when its answer was lost or says that
 * it was done before. Throws what `send` throws when nothing was done, and SwitchboardError `outcome-unknown` when the
 * server cannot be asked any more.
 */
export async function sendOnce<T>(
  send: () => Promise<unknown>,
  look: () => Promise<T | undefined>,
  signal: AbortSignal,
): Promise<T> {
  try {
    await send();
  } catch (error) {
    if (!(error instanceof TrytonError)) throw error;
    const found = await lookAfter(error, look, signal);
    if (found === undefined) throw error;
    return found;
  }
  const made = await lookAfter(undefined, look, signal);
  if (made === undefined) throw new SwitchboardError('outcome-unknown', 'The ERP took it, and does not show it');
  return made;
}

async function lookAfter<T>(
  error: TrytonError | undefined,
  look: () => Promise<T | undefined>,
  signal: AbortSignal,
): Promise<T | undefined> {
  try {
    return await (error?.mayBeDone ? settled(look, signal) : look());
  } catch (cause) {
    signal.throwIfAborted();
    if (error?.mayBeDone === false) throw error;
    const what = 'The connection to the ERP was lost after the request had gone out: look there whether it was done';
    throw new SwitchboardError('outcome-unknown', what, { cause });
  }
}
