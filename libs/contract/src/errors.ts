// The registry of error codes: what each means, its HTTP status, whether trying again is safe, and who must act.
import { z } from 'zod';

/** never: the same request fails again. safe: nothing was done, try later. unknown: it may have been done; look first. */
type RetryRule = 'never' | 'safe' | 'unknown';
type Actor = 'caller' | 'operator' | 'person' | 'developer';

interface ErrorFact {
  readonly status: number;
  readonly retry: RetryRule;
  readonly actor: Actor;
  readonly title: string;
}

const fact = (status: number, retry: RetryRule, actor: Actor, title: string): ErrorFact => ({
  status,
  retry,
  actor,
  title,
});

export const errorFacts = {
  'invalid-request': fact(400, 'never', 'caller', 'The request does not have the shape this call takes'),
  'idempotency-key-missing': fact(400, 'never', 'caller', 'This call needs an Idempotency-Key header'),
  unauthenticated: fact(401, 'never', 'caller', 'The API key is missing, wrong, expired or revoked'),
  forbidden: fact(403, 'never', 'caller', 'The API key may not do this'),
  'not-found': fact(404, 'never', 'caller', 'There is no such thing, or it is not yours'),
  'method-not-allowed': fact(405, 'never', 'caller', 'This address does not take this method'),
  conflict: fact(409, 'never', 'caller', 'The thing is not in a state that allows this'),
  'too-large': fact(413, 'never', 'caller', 'The request is larger than this call takes'),
  'unsupported-media-type': fact(415, 'never', 'caller', 'Send application/json'),
  'idempotency-mismatch': fact(422, 'never', 'caller', 'This Idempotency-Key was used with another request'),
  'invalid-input': fact(422, 'never', 'caller', 'The input does not fit the skill’s contract'),
  'queue-full': fact(429, 'safe', 'caller', 'The session has as many turns waiting as it may'),
  'rate-limited': fact(429, 'safe', 'caller', 'More calls came than are taken; see Retry-After'),
  'locked-out': fact(429, 'safe', 'caller', 'Too many wrong keys; see Retry-After'),
  internal: fact(500, 'unknown', 'developer', 'Something went wrong inside; the log has the details'),
  overloaded: fact(503, 'safe', 'caller', 'The system has as many turns open as it takes'),
  unavailable: fact(503, 'safe', 'operator', 'A part that this call needs is not there'),
  'agent-unavailable': fact(503, 'safe', 'operator', 'The agent that offers this skill is not there'),
  'skill-failed': fact(422, 'never', 'person', 'The skill ended with one of the errors its contract names'),
  'contract-mismatch': fact(409, 'safe', 'operator', 'The two sides do not hold the same contract or version'),
  'deadline-exceeded': fact(504, 'safe', 'person', 'It was not done in time, and will not be done'),
  'outcome-unknown': fact(504, 'unknown', 'person', 'It may or may not have been done; nobody can tell'),
  'policy-denied': fact(403, 'never', 'operator', 'The policy of this deployment does not let it be done'),
  'approval-refused': fact(403, 'never', 'person', 'The person said no, or did not say yes in time'),
  'not-understood': fact(422, 'never', 'person', 'No skill here does that'),
  'budget-exceeded': fact(429, 'never', 'operator', 'What may be spent on models has been spent'),
  'model-failed': fact(502, 'never', 'person', 'The language model gave no answer that can be used'),
  canceled: fact(409, 'never', 'person', 'It was canceled'),
  poison: fact(500, 'never', 'operator', 'The turn stopped its coordinator again and again and was set aside'),
} as const satisfies Record<string, ErrorFact>;

export const errorCodes = Object.keys(errorFacts) as [ErrorCode, ...ErrorCode[]];
export type ErrorCode = keyof typeof errorFacts;
export const errorCodeSchema = z.enum(errorCodes);

/** The problem `type` of a code: a stable, relative reference into the documentation. */
export function problemType(code: ErrorCode): string {
  return `/docs/errors#${code}`;
}

/** What went wrong, as stored, sent on the bus and shown. `reason` is the skill's own code where code is skill-failed. */
export const errorInfoSchema = z.strictObject({
  code: errorCodeSchema,
  message: z.string().max(4000),
  reason: z.string().max(63).optional(),
});
export type ErrorInfo = z.infer<typeof errorInfoSchema>;

/** A deliberate error: its message is safe to show. Anything else that is thrown becomes `internal` outside. */
export class SwitchboardError extends Error {
  override readonly name = 'SwitchboardError';
  readonly code: ErrorCode;
  readonly reason: string | undefined;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions & { reason?: string }) {
    super(message, options);
    this.code = code;
    this.reason = options?.reason;
  }

  toInfo(): ErrorInfo {
    const info: ErrorInfo = { code: this.code, message: this.message.slice(0, 4000) };
    if (this.reason !== undefined) info.reason = this.reason;
    return info;
  }
}

/** What a skill or a capability throws to refuse: `reason` must be one of the codes that the skill's contract lists. */
export class SkillError extends SwitchboardError {
  constructor(reason: string, message: string, options?: ErrorOptions) {
    super('skill-failed', message, { ...options, reason });
  }
}

/** The public face of anything thrown. */
export function toErrorInfo(thrown: unknown): ErrorInfo {
  if (thrown instanceof SwitchboardError) return thrown.toInfo();
  return { code: 'internal', message: errorFacts.internal.title };
}
