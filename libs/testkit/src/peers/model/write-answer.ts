// Writes a scripted answer to a client, at its pace, and breaks it off where the script says so.
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Frame, ModelAsked, ModelFault, ModelSays, Wire } from './words.ts';

export interface Writing {
  readonly wire: Wire;
  readonly asked: ModelAsked;
  readonly id: string;
  readonly includeUsage: boolean;
  /** As the client gave it. */
  readonly key: string;
  /** Aborted when the client is gone or the server closes: rejects what waits. */
  readonly gone: AbortSignal;
}

export function writeJson(
  answer: ServerResponse,
  status: number,
  body: unknown,
  more: Record<string, string> = {},
): void {
  answer.writeHead(status, { 'content-type': 'application/json', ...more });
  answer.end(JSON.stringify(body));
}

export async function writeFault(answer: ServerResponse, fault: ModelFault, writing: Writing): Promise<void> {
  if (fault.waitMs) await delay(fault.waitMs, undefined, { signal: writing.gone });
  if (fault.fault === 'never') return;
  if (fault.fault === 'hang-up') {
    answer.destroy();
    return;
  }
  if (fault.fault === 'garbage') {
    const type = writing.asked.stream ? 'text/event-stream' : 'application/json';
    answer.writeHead(200, { 'content-type': type }).end('data: <html>Bad gateway</html>\n\n');
    return;
  }
  const { status, body } = writing.wire.fault(fault.fault, writing.asked.model, writing.key);
  const after = fault.retryAfterSeconds;
  writeJson(answer, status, body, after === undefined ? {} : { 'retry-after': String(after) });
}

export async function writeSaid(answer: ServerResponse, says: ModelSays, writing: Writing): Promise<void> {
  const { wire, asked, id } = writing;
  if (says.waitMs) await delay(says.waitMs, undefined, { signal: writing.gone });
  if (asked.stream) return writeStream(answer, says, writing);
  const text = JSON.stringify(wire.whole(asked, says, id));
  if (says.break === undefined) return void answer.writeHead(200, { 'content-type': 'application/json' }).end(text);
  // Half of it, and no end: a body that is not there in full.
  answer.writeHead(200, { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) });
  await written(answer, text.slice(0, text.length / 2));
  if (says.break.how !== 'stall') answer.destroy();
}

async function written(answer: ServerResponse, text: string): Promise<void> {
  if (!answer.write(text)) await once(answer, 'drain');
}

async function writeStream(answer: ServerResponse, says: ModelSays, writing: Writing): Promise<void> {
  const { wire, asked, id, gone, includeUsage } = writing;
  answer.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
  const frames = wire.frames(asked, says, id, { includeUsage });
  const end = breakAt(frames, says);
  let pieces = 0;
  // As one write where nothing has to wait: two hundred streams at once cost little.
  let held = '';
  for (const frame of frames.slice(0, end)) {
    if (frame.piece && says.betweenMs && pieces++ > 0) {
      await written(answer, held);
      held = '';
      await delay(says.betweenMs, undefined, { signal: gone });
    }
    held += frame.text;
  }
  await written(answer, held);
  if (says.break === undefined || end === frames.length) answer.end();
  else await breakOff(answer, says.break.how, wire, gone);
}

/** How many frames are sent before the script breaks it off. */
function breakAt(frames: readonly Frame[], says: ModelSays): number {
  if (says.break === undefined) return frames.length;
  let left = says.break.after;
  const at = frames.findIndex((frame) => frame.piece && left-- === 0);
  // Fewer pieces than that: before what ends the stream.
  return at === -1 ? frames.findLastIndex((frame) => frame.piece) + 1 : at;
}

async function breakOff(
  answer: ServerResponse,
  how: NonNullable<ModelSays['break']>['how'],
  wire: Wire,
  gone: AbortSignal,
): Promise<void> {
  if (how === 'error') answer.end(wire.errorFrame());
  if (how === 'garbage') answer.end(wire.garbageFrame);
  // A moment, so that what was written has left: a connection that is reset takes back what was not read.
  if (how === 'cut') {
    await delay(20, undefined, { signal: gone });
    answer.destroy();
  }
}
