// Lets everything of a message pass but its end, which waits until something is on disk.
import { Readable } from 'node:stream';

/**
 * Why a message could not be made or let out, in `cause`: the mail library writes its own code onto the error that it is
 * given.
 */
export class BrokenMessage extends Error {
  override readonly name = 'BrokenMessage';
}

/** A connection holds what it is given until the other side takes it: in small pieces, that is little. */
const pieceBytes = 16 * 1024;

async function* inPieces(message: Readable): AsyncGenerator<Uint8Array> {
  for await (const chunk of message) {
    if (!(chunk instanceof Uint8Array)) throw new TypeError('a message is made of bytes');
    for (let at = 0; at < chunk.length; at += pieceBytes) yield chunk.subarray(at, at + pieceBytes);
  }
}

async function* lettingOut(message: Readable, beforeEnd: () => Promise<void>): AsyncGenerator<Uint8Array> {
  try {
    let held: Uint8Array | undefined;
    for await (const piece of inPieces(message)) {
      if (held !== undefined) yield held;
      held = piece;
    }
    await beforeEnd();
    if (held !== undefined) yield held;
  } catch (cause) {
    throw new BrokenMessage('the message could not be let out', { cause });
  }
}

/**
 * `beforeEnd` is called when everything before the last piece has been taken, and that piece passes once it has resolved.
 * When it rejects, or the message breaks, the stream breaks without its end, as BrokenMessage.
 */
export function holdBackTheEnd(message: Readable, beforeEnd: () => Promise<void>): Readable {
  return Readable.from(lettingOut(message, beforeEnd), { objectMode: false, highWaterMark: 1 });
}
