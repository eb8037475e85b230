// Asks an agent what now, again and again until it has answered, refuses, or turns out to be away.
import { type Bus, BusError, type Signer } from '@switchboard/bus';
import { type Next, type NextReply, SwitchboardError } from '@switchboard/contract';
import type { Log } from '@switchboard/service';
import { CancelRequested } from '../coordinator/run.ts';
import type { Directory } from '../directory.ts';

/** Longer than the longest that one question may take its agent, with all its rounds. */
const questionMsMax = 300_000;
const lookMs = 500;
const pauseMs = 250;
/** An agent that answers in words that cannot be read this often will not do better. */
const malformedMax = 3;
/** It has too many questions, or ends: then it is soon away, and its next process is asked. */
const askAgain: readonly string[] = ['overloaded', 'agent-unavailable'];

export interface AskNextParts {
  readonly bus: Bus;
  readonly signer: Signer;
  readonly directory: Directory;
  readonly log: Log;
}

export interface AskNextOptions {
  readonly signal: AbortSignal;
  readonly traceparent: string | undefined;
}

/** Resolves when the agent is not the process any more that was asked; rejects with the signal's reason. */
function untilGone({ directory }: AskNextParts, agent: string, signal: AbortSignal): Promise<'gone'> {
  const asked = directory.agent(agent)?.hello.id;
  return new Promise((resolve, reject) => {
    const timer = setInterval(() => {
      if (!directory.here(agent) || directory.agent(agent)?.hello.id !== asked) resolve('gone');
    }, lookMs);
    const stop = (): void => {
      clearInterval(timer);
      reject(signal.reason);
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

async function pause(signal: AbortSignal): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, pauseMs));
  signal.throwIfAborted();
}

/** One question. `again`: it may be asked again, at no further cost. Throws SwitchboardError for a refusal. */
async function askOnce(
  parts: AskNextParts,
  question: Next,
  options: AskNextOptions,
): Promise<NextReply | 'again' | 'away'> {
  const { agent } = question;
  const over = new AbortController();
  const gone = untilGone(parts, agent, AbortSignal.any([options.signal, over.signal]));
  // The answer may come first.
  gone.catch(() => {});
  try {
    const call = parts.bus.request('next', { agent }, question, {
      replier: agent,
      timeoutMs: Math.max(1, Math.min(questionMsMax, Date.parse(question.deadline) - Date.now())),
      signer: parts.signer,
      ...(options.traceparent === undefined ? {} : { traceparent: options.traceparent }),
    });
    call.catch(() => {});
    const reply = await Promise.race([call, gone]);
    if (reply === 'gone') return 'again';
    if (reply.id !== question.id) throw new BusError('malformed', `${agent} speaks of ${reply.id}`);
    return reply;
  } catch (error) {
    if (!(error instanceof BusError)) throw error;
    parts.log.debug({ err: error, thought: question.id }, 'no thought came');
    if (error.kind === 'no-responders') {
      parts.directory.miss(agent);
      return 'away';
    }
    if (error.kind === 'refused' && error.info && !askAgain.includes(error.info.code)) {
      throw new SwitchboardError(error.info.code, error.info.message);
    }
    if (error.kind === 'too-large' || error.kind === 'forbidden') {
      throw new SwitchboardError('internal', 'The agent cannot be asked', { cause: error });
    }
    if (error.kind === 'malformed') throw error;
    return 'again';
  } finally {
    over.abort();
  }
}

/** A person who cancels pays for no more of it. What another gateway may ask again is left alone. */
function whenCanceled({ bus }: AskNextParts, { id, agent }: Next, { signal }: AskNextOptions): () => void {
  const drop = (): void => {
    if (signal.reason instanceof CancelRequested && bus.connected()) bus.publish('drop', { agent }, { v: 1, id });
  };
  signal.addEventListener('abort', drop, { once: true });
  return () => signal.removeEventListener('abort', drop);
}

/** Undefined: the agent is away. Throws SwitchboardError, and the signal's reason. */
export async function askNext(
  parts: AskNextParts,
  question: Next,
  options: AskNextOptions,
): Promise<NextReply | undefined> {
  const over = whenCanceled(parts, question, options);
  try {
    return await askUntilAnswered(parts, question, options);
  } finally {
    over();
  }
}

async function askUntilAnswered(
  parts: AskNextParts,
  question: Next,
  options: AskNextOptions,
): Promise<NextReply | undefined> {
  for (let malformed = 0; ; ) {
    options.signal.throwIfAborted();
    const here = parts.directory.here(question.agent);
    if (Date.now() >= Date.parse(question.deadline)) {
      if (!here) throw new SwitchboardError('agent-unavailable', `${question.agent} did not come back in time`);
      throw new SwitchboardError('deadline-exceeded', 'It was not done in time, and will not be done');
    }
    if (!here) return undefined;
    try {
      const reply = await askOnce(parts, question, options);
      if (reply === 'away') return undefined;
      if (reply !== 'again') return reply;
    } catch (error) {
      if (!(error instanceof BusError)) throw error;
      malformed += 1;
      if (malformed >= malformedMax) {
        throw new SwitchboardError('internal', `${question.agent} answers in words that cannot be read`);
      }
    }
    await pause(options.signal);
  }
}
