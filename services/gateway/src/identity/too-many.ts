// More than is taken: with the time after which it is worth trying again.
import { type ErrorCode, SwitchboardError } from '@switchboard/contract';

export class TooManyError extends SwitchboardError {
  readonly retryAfterSeconds: number;

  constructor(code: ErrorCode & ('rate-limited' | 'locked-out'), message: string, waitMs: number) {
    const seconds = Math.max(1, Math.ceil(waitMs / 1_000));
    super(code, `${message}; try again in ${seconds} s`);
    this.retryAfterSeconds = seconds;
  }
}
