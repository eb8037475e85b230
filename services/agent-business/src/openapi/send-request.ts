// One HTTP request and its answer: bounded in time and size, and plain about whether it may have reached the other side.
import { type ClientRequest, type IncomingMessage, request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';
import { type ApiAnswer, SkillError } from '@switchboard/contract';
import type { Wall } from './connection.ts';
import { bareType } from './read-operation.ts';

export interface HttpRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly timeoutMs: number;
  readonly answerBytesMax: number;
  readonly wall: Wall;
  readonly signal: AbortSignal;
}

/** No answer came. `sent`: there was a connection, so the other side may have acted. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
  readonly sent: boolean;

  constructor(message: string, options: ErrorOptions & { sent: boolean }) {
    super(message, options);
    this.sent = options.sent;
  }
}

async function readBody(answer: IncomingMessage, bytesMax: number): Promise<Pick<ApiAnswer, 'body' | 'cut'>> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const piece of answer as AsyncIterable<Uint8Array>) {
      bytes += piece.length;
      if (bytes > bytesMax) {
        answer.destroy();
        return { body: Buffer.concat(pieces), cut: 'size' };
      }
      pieces.push(piece);
    }
  } catch {
    return { body: Buffer.concat(pieces), cut: 'connection' };
  }
  return { body: Buffer.concat(pieces), cut: answer.complete ? undefined : 'connection' };
}

function headersOf(answer: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(answer.headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}

/** A connection of its own each time: of a reused one nobody knows whether the other side had given it up. */
function begin({ url, method, headers, body, wall, signal }: HttpRequest, stop: AbortSignal): ClientRequest {
  const request = url.protocol === 'https:' ? requestSecure : requestPlain;
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  return request(url, {
    method,
    headers: { ...headers, ...length },
    agent: false,
    lookup: wall.lookup,
    signal: AbortSignal.any([signal, stop]),
  });
}

/**
 * Follows nothing and tries once. Throws NoAnswer, the signal's reason when that is aborted, and what the wall throws.
 */
export async function sendRequest(options: HttpRequest): Promise<ApiAnswer> {
  const { url, timeoutMs, wall, signal } = options;
  wall.check(url.hostname);
  const stop = AbortSignal.timeout(timeoutMs);
  let sent = false;
  try {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const request = begin(options, stop);
      request.once('socket', (socket) => {
        socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
          // From here on the other side may have it, however it goes on.
          sent = true;
        });
      });
      request.once('response', resolve);
      request.once('error', reject);
      request.end(options.body);
    });
    const { body, cut } = await readBody(answer, options.answerBytesMax);
    if (cut === 'connection') signal.throwIfAborted();
    const headers = headersOf(answer);
    const type = headers['content-type'];
    return { status: answer.statusCode ?? 0, mediaType: type && bareType(type), headers, body, cut };
  } catch (cause) {
    if (signal.aborted) throw signal.reason;
    if (cause instanceof SkillError) throw cause;
    const why = stop.aborted ? `nothing in ${timeoutMs / 1000} s` : causeOf(cause);
    throw new NoAnswer(why, { sent, cause });
  }
}

function causeOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const code = 'code' in cause ? String(cause.code) : '';
  return cause.message === '' ? code : cause.message;
}
