// One attempt of a step on the bus: asked once, watched while it runs, and settled when the answer is in doubt.
import { BusError } from '@switchboard/bus';
import { errorFacts, type Invoke } from '@switchboard/contract';
import { crashPoint, crashPointArmed } from '@switchboard/service';
import { about, type Outcome, outcomeOfReply } from './outcome.ts';
import { askStatus, type Doubtful, type SettleParts, settle } from './settle.ts';

/** A request whose agent died otherwise waits for its whole time. */
const pollMs = 1_000;
/** What an answer may take beyond the skill's own deadline. */
const graceMs = 2_000;

/** Undefined: the message may have been acted on. */
function knownFailure(error: BusError): Outcome | undefined {
  if (error.kind === 'no-responders') return { kind: 'not-executed' };
  if (error.kind === 'refused' && error.info) {
    // It was cut off in mid-effect, or broke: only `status` can tell.
    return errorFacts[error.info.code].retry === 'unknown' ? undefined : { kind: 'refused', error: error.info };
  }
  if (error.kind === 'too-large') {
    return { kind: 'refused', error: { code: 'too-large', message: 'The input is larger than one message may be' } };
  }
  if (error.kind === 'forbidden') {
    return { kind: 'refused', error: { code: 'internal', message: 'The broker does not let the gateway ask this' } };
  }
  return undefined;
}

async function ask(parts: SettleParts, invoke: Invoke, traceparent: string | undefined): Promise<Outcome | undefined> {
  try {
    const call = parts.bus.request('invoke', { agent: invoke.agent, skill: invoke.skill }, invoke, {
      replier: invoke.agent,
      timeoutMs: Math.max(1, Date.parse(invoke.deadline) - Date.now()) + graceMs,
      signer: parts.signer,
      ...(traceparent === undefined ? {} : { traceparent }),
    });
    // A message in this process's own buffer would die with it: G6 is for one that is on its way.
    if (crashPointArmed('G6')) await parts.bus.flush();
    crashPoint('G6');
    const outcome = outcomeOfReply(invoke, about(invoke, await call), parts.misfit);
    crashPoint('G7');
    return outcome;
  } catch (error) {
    if (!(error instanceof BusError)) throw error;
    parts.log.debug({ err: error, invocation: invoke.id }, 'no clear answer');
    if (error.kind === 'no-responders') parts.miss(invoke.agent);
    return knownFailure(error);
  }
}

export interface InvokeOptions {
  readonly until: Date;
  /** Ends the wait for the answer. */
  readonly signal: AbortSignal;
  /** Ends the asking after it, too. */
  readonly patience: AbortSignal;
  readonly traceparent: string | undefined;
  /** Before the first question about what became of it. */
  readonly onDoubt: () => Promise<void>;
}

/** Resolves when `call` settles or after `ms`; rejects with the signal's reason. */
function atMost(ms: number, call: Promise<unknown>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      resolve();
    };
    const timer = setTimeout(end, ms);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    call.then(end, end);
  });
}

/** Resolves when it is known what became of the attempt, as far as it can be; rejects with the reason of `signal`. */
export async function invokeOnce(parts: SettleParts, doubtful: Doubtful, options: InvokeOptions): Promise<Outcome> {
  const { signal, until } = options;
  let answered = false;
  const answer = ask(parts, doubtful.invoke, options.traceparent).finally(() => {
    answered = true;
  });
  // Until it is awaited below, a rejection must not count as unhandled.
  answer.catch(() => {});
  while (!answered) {
    await atMost(pollMs, answer, signal);
    if (answered) break;
    const seen = await askStatus(parts, doubtful).catch((error: unknown) => {
      if (!(error instanceof BusError)) throw error;
      if (error.kind === 'no-responders') parts.miss(doubtful.invoke.agent);
      return parts.here(doubtful.invoke.agent) ? undefined : ({ kind: 'away' } as const);
    });
    if (seen?.kind === 'away') break;
    if (seen) return seen;
  }
  const outcome = answered ? await answer : undefined;
  if (outcome) return outcome;
  await options.onDoubt();
  return settle(parts, doubtful, until, options.patience);
}
