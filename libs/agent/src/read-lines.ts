// Reads a file line by line with the place of each line, in memory that does not grow with the file.
import type { FileHandle } from 'node:fs/promises';

export interface Line {
  /** Of its first byte. */
  readonly offset: number;
  readonly text: string;
}

const chunkBytes = 256 * 1024;
/** A line past this is damage, and comes in pieces. */
const lineBytesMax = 2 * 1024 * 1024;
const newline = 0x0a;

/** The lines from an offset on; the last one may lack its newline. Others may read and write the file meanwhile. */
export async function* readLines(file: FileHandle, from = 0): AsyncGenerator<Line> {
  const chunk = Buffer.allocUnsafe(chunkBytes);
  let pending: Buffer = Buffer.alloc(0);
  let offset = from;
  for (;;) {
    const { bytesRead } = await file.read(chunk, 0, chunk.length, offset + pending.length);
    if (bytesRead === 0) break;
    const data = Buffer.concat([pending, chunk.subarray(0, bytesRead)]);
    let start = 0;
    for (let end = data.indexOf(newline); end >= 0; end = data.indexOf(newline, start)) {
      yield { offset: offset + start, text: data.toString('utf8', start, end) };
      start = end + 1;
    }
    offset += start;
    pending = data.subarray(start);
    if (pending.length > lineBytesMax) {
      yield { offset, text: pending.toString('utf8') };
      offset += pending.length;
      pending = Buffer.alloc(0);
    }
  }
  if (pending.length > 0) yield { offset, text: pending.toString('utf8') };
}
