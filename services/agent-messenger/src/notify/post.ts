// One HTTP POST to an address that the operator has set, and what is known of it afterwards.

/** Of Standard Webhooks: 15 to 30 seconds. */
const answerMsMax = 15_000;
const answerBytesMax = 64 * 1024;
const retryAfterSecondsMax = 3_600;

/**
 * answered: the other side has it, and said so. not-sent: it never got that far. doubt: it was on its way when the
 * connection ended, or no answer came in time.
 */
export type Posted =
  | { readonly kind: 'answered'; readonly status: number; readonly text: string; readonly retryAfterMs?: number }
  | { readonly kind: 'not-sent'; readonly error: unknown }
  | { readonly kind: 'doubt'; readonly error: unknown };

/** Redirects are answers: the operator has named this address, and no other. Throws only the signal's reason. */
export async function post(
  url: string,
  request: { readonly headers: Readonly<Record<string, string>>; readonly body: string },
  signal: AbortSignal,
): Promise<Posted> {
  const enough = AbortSignal.any([signal, AbortSignal.timeout(answerMsMax)]);
  try {
    // On a connection of its own: one that the other side is just closing would leave a doubt for nothing.
    const headers = { ...request.headers, connection: 'close' };
    const response = await fetch(url, {
      method: 'POST',
      headers,
      body: request.body,
      redirect: 'manual',
      signal: enough,
    });
    const text = await beginning(response);
    const retryAfterMs = retryAfterOf(response.headers.get('retry-after'));
    return { kind: 'answered', status: response.status, text, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  } catch (error) {
    signal.throwIfAborted();
    return { kind: neverLeft(error) ? 'not-sent' : 'doubt', error };
  }
}

/** The status is what counts: an answer that is cut short, or too long, is one all the same. */
async function beginning(response: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const piece of response.body ?? []) {
      pieces.push(piece);
      bytes += piece.length;
      if (bytes > answerBytesMax) break;
    }
  } catch {
    return '';
  }
  return Buffer.concat(pieces).toString('utf8');
}

function retryAfterOf(header: string | null): number | undefined {
  const seconds = Number(header ?? Number.NaN);
  return seconds >= 0 ? Math.min(seconds, retryAfterSecondsMax) * 1_000 : undefined;
}

/** Looking up, connecting or securing the connection failed: not a byte of the request was written. */
const beforeTheRequest =
  /^(ECONNREFUSED|ENOTFOUND|EAI_|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT|ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/;

function neverLeft(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return beforeTheRequest.test(code);
}
