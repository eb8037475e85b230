// What became of one attempt of a step, as far as it can be known.
import type { Artifact, ErrorInfo, InvokeReply } from '@switchboard/contract';

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

export function outcomeOfReply(reply: InvokeReply): Outcome {
  if (reply.state === 'done') {
    return { kind: 'done', output: reply.output, text: reply.text, artifacts: reply.artifacts };
  }
  return { kind: reply.state, error: reply.error };
}
