// Why an embedded server could not be started, in words that can be shown to a person as they are.

/**
 * not-found: a program is missing. not-runnable: it is there, but cannot run under this user. port-taken: somebody else
 * listens on that port. in-use: another server works on the same folder. failed: the server ended before it was ready.
 */
export type StartReason = 'not-found' | 'not-runnable' | 'port-taken' | 'in-use' | 'failed';

export class StartError extends Error {
  override readonly name = 'StartError';
  readonly reason: StartReason;

  constructor(reason: StartReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}
