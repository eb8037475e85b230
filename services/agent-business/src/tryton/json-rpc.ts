// One call to a Tryton server, with a deadline and a limit on its answer; each way to fail says whether it may have been done.
import { z } from 'zod';

/** A transaction of a large order takes Tryton a second or two. */
export const callMsMax = 20_000;
const answerBytesMax = 8 * 1024 * 1024;

/**
 * session: the login is over, or was refused. forbidden: this user may not call this. busy: too many logins. refused: the
 * ERP says why. changed: somebody else changed the record. away: nobody listens there, or no such database. lost: the
 * connection, the time, or an answer that cannot be read.
 */
export type TrytonFault = 'session' | 'forbidden' | 'busy' | 'refused' | 'changed' | 'away' | 'lost';

export class TrytonError extends Error {
  override readonly name = 'TrytonError';
  readonly fault: TrytonFault;

  constructor(fault: TrytonFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.fault = fault;
  }

  /** The server may have done what it was asked. With every other fault it has not: Tryton rolls back what it refuses. */
  get mayBeDone(): boolean {
    return this.fault === 'lost';
  }
}

export interface RpcCall {
  /** `https://erp.example.org/production/`: its path is the database. */
  readonly url: string;
  readonly method: string;
  readonly params: readonly unknown[];
  readonly authorization?: string | undefined;
  /** What it throws is thrown as it is. */
  readonly signal: AbortSignal;
}

const statusFaults: Readonly<Record<number, TrytonFault>> = {
  400: 'refused',
  401: 'session',
  403: 'forbidden',
  404: 'away',
  413: 'refused',
  429: 'busy',
};

/** What undici's `cause.code` is when no connection came to be. */
const neverConnected = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

const answerSchema = z.union([
  z.object({ error: z.tuple([z.string(), z.unknown()]).rest(z.unknown()) }),
  z.object({ result: z.unknown() }),
]);
const sentenceSchema = z.array(z.unknown()).transform((parts) => parts.filter((part) => typeof part === 'string'));

/** Calls once, over a connection of its own: one that was kept could be half closed. Throws TrytonError. */
export async function callTryton({ url, method, params, authorization, signal }: RpcCall): Promise<unknown> {
  const late = AbortSignal.timeout(callMsMax);
  let text: string;
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', connection: 'close', ...(authorization && { authorization }) },
      body: JSON.stringify({ id: 1, method, params }),
      redirect: 'error',
      signal: AbortSignal.any([signal, late]),
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      const fault = statusFaults[response.status] ?? 'lost';
      throw new TrytonError(fault, `Tryton answered ${method} with status ${response.status}`);
    }
    text = await readText(response);
  } catch (error) {
    if (error instanceof TrytonError) throw error;
    signal.throwIfAborted();
    if (late.aborted) throw new TrytonError('lost', `Tryton did not answer ${method} in ${callMsMax} ms`);
    const code = codeOf(error);
    throw new TrytonError(neverConnected.has(code) ? 'away' : 'lost', `Tryton cannot be reached (${code})`, {
      cause: error,
    });
  }
  return resultOf(method, text);
}

async function readText(response: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of response.body ?? []) {
    bytes += piece.length;
    if (bytes > answerBytesMax) throw new TrytonError('lost', `Tryton answered more than ${answerBytesMax} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}

function codeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'connection lost';
}

function resultOf(method: string, text: string): unknown {
  const answer = answerSchema.safeParse(parseJson(text));
  if (!answer.success) throw new TrytonError('lost', `Tryton answered ${method} with what is not JSON-RPC`);
  if (!('error' in answer.data)) return answer.data.result;
  const [kind, detail] = answer.data.error;
  const message = sentenceSchema.safeParse(detail).data?.filter(Boolean).join(' ') ?? '';
  if (kind === 'UserError') throw new TrytonError('refused', message);
  if (kind === 'UserWarning') throw new TrytonError('refused', `It wants somebody to look at this first: ${message}`);
  if (kind === 'ConcurrencyException') throw new TrytonError('changed', 'Somebody else has just changed it');
  if (/^Database .* doesn't exist/.test(kind)) throw new TrytonError('away', 'Tryton has no such database');
  throw new TrytonError('lost', `Tryton failed in ${method}: ${kind}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
