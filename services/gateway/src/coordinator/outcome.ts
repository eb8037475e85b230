// What became of one attempt of a step, as far as it can be known.
import { BusError } from '@switchboard/bus';
import type { Artifact, ErrorInfo, Invoke, InvokeReply } from '@switchboard/contract';

export type Outcome =
  | {
      readonly kind: 'done';
      readonly output: Record<string, unknown>;
      readonly text: string;
      readonly artifacts: readonly Artifact[];
    }
  /** It ran, and ended with an error. */
  | { readonly kind: 'failed'; readonly error: ErrorInfo }
  /** It did not run, and never will under this id. */
  | { readonly kind: 'refused'; readonly error: ErrorInfo }
  | { readonly kind: 'not-executed' }
  /** It was interrupted, and may be tried again without harm. */
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'unknown' }
  /** The agent does not answer: nothing new is known. */
  | { readonly kind: 'away' };

/** What of an output does not fit the contract that it was asked under; undefined when nobody knows that one any more. */
export type Misfit = (invoke: Invoke, output: Record<string, unknown>) => string | undefined;

/** Throws BusError `malformed` when it speaks of another invocation. */
export function about<Reply extends { readonly id: string }>(invoke: Invoke, reply: Reply): Reply {
  if (reply.id === invoke.id) return reply;
  throw new BusError('malformed', `${invoke.agent} was asked about ${invoke.id} and speaks of ${reply.id}`);
}

/** Throws BusError `malformed` for an output that is not what the contract says: it is no proof that it was done. */
export function outcomeOfReply(invoke: Invoke, reply: InvokeReply, misfit: Misfit): Outcome {
  if (reply.state === 'done') {
    const wrong = misfit(invoke, reply.output);
    if (wrong !== undefined) throw new BusError('malformed', `${invoke.agent} ${invoke.skill}: ${wrong}`);
    return { kind: 'done', output: reply.output, text: reply.text, artifacts: reply.artifacts };
  }
  return { kind: reply.state, error: reply.error };
}
