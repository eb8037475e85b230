// Why something did not get out, in words that a person can read.

/** refused: the wall. not-found: no such name. unreachable: no connection. too-large: over the limit of bytes. */
export type EgressReason = 'refused' | 'not-found' | 'unreachable' | 'too-large';

export class EgressError extends Error {
  override readonly name = 'EgressError';
  readonly reason: EgressReason;

  constructor(reason: EgressReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}
