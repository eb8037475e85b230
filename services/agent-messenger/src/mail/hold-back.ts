// Lets everything of a message pass but its end, which waits until something is on disk.
import { Transform, type TransformCallback } from 'node:stream';

/**
 * Why a message could not be made or let out, in `cause`: the mail library writes its own code onto the error that it is
 * given.
 */
export class BrokenMessage extends Error {
  override readonly name = 'BrokenMessage';
}

/** The last piece passes once `beforeEnd` has resolved; when it rejects, the stream breaks without it, as BrokenMessage. */
export function holdBackTheEnd(beforeEnd: () => Promise<void>): Transform {
  let held: Buffer | undefined;
  return new Transform({
    transform(piece: Buffer, _encoding, done: TransformCallback) {
      const before = held;
      held = piece;
      done(null, before);
    },
    flush(done: TransformCallback) {
      beforeEnd().then(
        () => done(null, held),
        (cause: unknown) => done(new BrokenMessage('its end was held back', { cause })),
      );
    },
  });
}
