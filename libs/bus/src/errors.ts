// What can go wrong between two services, told apart by what is known of the other side.
import { type ErrorInfo, errorInfoSchema } from '@switchboard/contract';
import { ErrorCode, type MsgHdrs, NatsError } from 'nats';

/**
 * no-responders: nobody listens, so nothing was done. disconnected: it was not sent. timeout: it may have been done.
 * refused: the other side said no, and why. malformed: the other side answered, but not in its contract's words.
 * forbidden: the broker does not let this user say that.
 */
export type BusErrorKind =
  | 'no-responders'
  | 'disconnected'
  | 'timeout'
  | 'refused'
  | 'malformed'
  | 'forbidden'
  | 'too-large';

export class BusError extends Error {
  override readonly name = 'BusError';
  readonly kind: BusErrorKind;
  /** With `refused`: what the other side said. */
  readonly info: ErrorInfo | undefined;

  constructor(kind: BusErrorKind, message: string, options?: ErrorOptions & { info?: ErrorInfo }) {
    super(message, options);
    this.kind = kind;
    this.info = options?.info;
  }
}

const kinds: Partial<Record<string, BusErrorKind>> = {
  [ErrorCode.NoResponders]: 'no-responders',
  [ErrorCode.Timeout]: 'timeout',
  [ErrorCode.PermissionsViolation]: 'forbidden',
  [ErrorCode.MaxPayloadExceeded]: 'too-large',
};

export function toBusError(thrown: unknown, doing: string): BusError {
  if (thrown instanceof BusError) return thrown;
  const code = thrown instanceof NatsError ? thrown.code : undefined;
  const kind = (code !== undefined && kinds[code]) || 'disconnected';
  return new BusError(kind, `${doing}: ${thrown instanceof Error ? thrown.message : String(thrown)}`, {
    cause: thrown,
  });
}

/** NATS ADR-32 error headers carry the number and the text; ours carries the registry's code. */
const codeHeader = 'sb-error';

export function writeError(headers: MsgHdrs, info: ErrorInfo, status: number): void {
  headers.set('Nats-Service-Error-Code', String(status));
  headers.set('Nats-Service-Error', info.code);
  headers.set(codeHeader, encodeURIComponent(JSON.stringify(info)));
}

export function readError(headers: MsgHdrs | undefined): ErrorInfo | undefined {
  const text = headers?.get(codeHeader);
  if (!text) return undefined;
  try {
    return errorInfoSchema.parse(JSON.parse(decodeURIComponent(text)));
  } catch {
    return { code: 'internal', message: 'The other side refused in words that cannot be read' };
  }
}
