// After any doubt, the agent is asked what became of an invocation; asking also fences one that never arrived.
import { type Bus, BusError, type Signer } from '@switchboard/bus';
import type { Invoke, Repeat } from '@switchboard/contract';
import type { Log } from '@switchboard/service';
import { about, type Misfit, type Outcome, outcomeOfReply } from './outcome.ts';

const askMsMax = 3_000;
const reconcileMsMax = 15_000;
const pauseMs = 250;
/** An agent that answers in words that cannot be read this often will not do better. */
const malformedMax = 5;

export interface SettleParts {
  readonly bus: Bus;
  readonly signer: Signer;
  readonly log: Log;
  /** Whether the agent is known to be here. */
  readonly here: (agent: string) => boolean;
  /** Nobody listens where the agent should. */
  readonly miss: (agent: string) => void;
  readonly misfit: Misfit;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

export interface Doubtful {
  readonly invoke: Invoke;
  readonly repeat: Repeat;
}

/** When nobody can tell: only a skill without effects can be said to have failed. */
export function atWorst(repeat: Repeat): Outcome {
  if (repeat !== 'safe') return { kind: 'unknown' };
  return { kind: 'failed', error: { code: 'agent-unavailable', message: 'The agent did not answer in time' } };
}

/** The agent died between its own start and end of this id. */
async function afterDeath(parts: SettleParts, { invoke, repeat }: Doubtful): Promise<Outcome> {
  if (repeat === 'once') return { kind: 'unknown' };
  if (repeat !== 'reconcilable') return { kind: 'interrupted' };
  const call = parts.bus.request(
    'reconcile',
    { agent: invoke.agent },
    { ...invoke, deadline: new Date(Date.now() + reconcileMsMax).toISOString(), reconcile: true },
    { replier: invoke.agent, timeoutMs: reconcileMsMax, signer: parts.signer },
  );
  const reply = about(invoke, await call);
  if (reply.state === 'done' || reply.state === 'failed' || reply.state === 'refused') {
    return outcomeOfReply(invoke, reply, parts.misfit);
  }
  return { kind: reply.state === 'not-done' ? 'interrupted' : 'unknown' };
}

/** One question. Undefined: it still runs. Throws BusError. */
export async function askStatus(parts: SettleParts, doubtful: Doubtful): Promise<Outcome | undefined> {
  const { invoke } = doubtful;
  const { id, agent } = invoke;
  const call = parts.bus.request('status', { agent }, { v: 1, id }, { replier: agent, timeoutMs: askMsMax });
  const reply = about(invoke, await call);
  if (reply.state === 'done' || reply.state === 'failed' || reply.state === 'refused') {
    return outcomeOfReply(invoke, reply, parts.misfit);
  }
  if (reply.state === 'running') return undefined;
  return reply.state === 'not-seen' ? { kind: 'not-executed' } : afterDeath(parts, doubtful);
}

/** Asks until it is known, the agent turns out to be away, or `until`. Throws what `signal` is aborted with. */
export async function settle(
  parts: SettleParts,
  doubtful: Doubtful,
  until: Date,
  signal: AbortSignal,
): Promise<Outcome> {
  let malformed = 0;
  // At least once, however late it is: the agent's ledger may know.
  for (;;) {
    const last = Date.now() >= until.getTime();
    signal.throwIfAborted();
    try {
      const outcome = await askStatus(parts, doubtful);
      if (outcome) return outcome;
    } catch (error) {
      if (!(error instanceof BusError)) throw error;
      if ((error.kind === 'malformed' || error.kind === 'refused') && ++malformed >= malformedMax) {
        parts.log.error({ err: error, invocation: doubtful.invoke.id }, 'the agent’s answers cannot be read');
        return atWorst(doubtful.repeat);
      }
      if (error.kind === 'no-responders') parts.miss(doubtful.invoke.agent);
      if (!last && !parts.here(doubtful.invoke.agent)) return { kind: 'away' };
    }
    if (last) return atWorst(doubtful.repeat);
    await parts.sleep(pauseMs, signal);
  }
}
