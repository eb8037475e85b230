// What a command writes to one of its outputs: the start is kept, all of it is counted.
import type { Readable } from 'node:stream';

const firstBytes = 4096;

export interface CapturedOutput {
  /** At most `bytesMax`, from the start. */
  bytes(): Uint8Array;
  /** All that was written. */
  total(): number;
  /** Resolves when nobody can write any more, or the stream was destroyed. */
  readonly closed: Promise<void>;
}

/** Holds at most twice `bytesMax`, in however small pieces it comes. */
export function captureOutput(stream: Readable, bytesMax: number, onData: () => void): CapturedOutput {
  let kept = Buffer.alloc(Math.min(firstBytes, bytesMax));
  let length = 0;
  let total = 0;
  stream.on('data', (piece: Buffer) => {
    const part = piece.subarray(0, bytesMax - length);
    if (length + part.length > kept.length) {
      const larger = Buffer.alloc(Math.min(bytesMax, Math.max(2 * kept.length, length + part.length)));
      kept.copy(larger, 0, 0, length);
      kept = larger;
    }
    part.copy(kept, length);
    length += part.length;
    total += piece.length;
    onData();
  });
  // A pipe that breaks has told what it had to tell.
  stream.on('error', () => {});
  const closed = new Promise<void>((resolve) => stream.once('close', resolve));
  return { bytes: () => kept.subarray(0, length), total: () => total, closed };
}
