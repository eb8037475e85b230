// Ends a running invocation because its person said so, and finds out how far it had come.
import { BusError } from '@switchboard/bus';
import type { Outcome } from './outcome.ts';
import { askStatus, atWorst, type Doubtful, type SettleParts } from './settle.ts';

const stopMsMax = 10_000;
const requestMsMax = 2_000;
const pauseMs = 100;

/** Always resolves within some ten seconds. */
export async function stopInvocation(parts: SettleParts, doubtful: Doubtful): Promise<Outcome> {
  const signal = AbortSignal.timeout(stopMsMax);
  const { id, agent } = doubtful.invoke;
  while (!signal.aborted) {
    try {
      const request = { v: 1, id } as const;
      const reply = await parts.bus.request('cancel', { agent }, request, { replier: agent, timeoutMs: requestMsMax });
      const outcome = reply.ended ? await askStatus(parts, doubtful) : undefined;
      if (outcome) return outcome;
    } catch (error) {
      if (!(error instanceof BusError)) throw error;
    }
    await parts.sleep(pauseMs, signal).catch(() => {});
  }
  return atWorst(doubtful.repeat);
}
