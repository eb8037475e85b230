// What can go wrong with one attempt at one model, told apart by what comes next and by who pays.
import { type ErrorCode, SwitchboardError } from '@switchboard/contract';

/**
 * away: it cannot be used now. overloaded: it has as many calls waiting as it takes. failed: it answered, or refused,
 * in a way that cannot be used. too-large: what was said is longer than it reads.
 */
export type FailureKind = 'away' | 'overloaded' | 'failed' | 'too-large';

export interface FailureFacts {
  /** The provider may have worked for it, so it may cost: all that was reserved counts. */
  readonly taken?: boolean;
  /** The same request may be sent once more. Never set with `taken`. */
  readonly again?: boolean;
  /** How long the provider wants to be left alone. */
  readonly waitMs?: number;
  /** In the provider's words, without the key: for the log at debug. */
  readonly detail?: string;
}

export class Failure extends Error {
  override readonly name = 'Failure';
  readonly kind: FailureKind;
  readonly facts: FailureFacts;

  /** `why` is short, and safe for everybody: no key, no prompt, no answer. */
  constructor(kind: FailureKind, why: string, facts: FailureFacts = {}) {
    super(why);
    this.kind = kind;
    this.facts = facts;
  }
}

export interface NamedFailure {
  readonly model: string;
  readonly failure: Failure;
}

const codes: readonly (readonly [FailureKind, ErrorCode])[] = [
  ['away', 'unavailable'],
  ['overloaded', 'overloaded'],
  ['failed', 'model-failed'],
  ['too-large', 'too-large'],
];

/** What the asker is told when no model answered: the first of these that holds for one, and why for each. */
export function noModelLeft(failures: readonly NamedFailure[]): SwitchboardError {
  const [, code] = codes.find(([kind]) => failures.some(({ failure }) => failure.kind === kind)) ?? ['', 'unavailable'];
  const whys = failures.map(({ model, failure }) => `${model}: ${failure.message}`);
  return new SwitchboardError(code, `No model could answer: ${whys.join('; ')}`);
}
