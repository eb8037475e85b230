// The outside world as a process of its own: it counts what is done to it, by key, and outlives every fault.
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { worldRequestSchema } from './world-protocol.ts';

const run = process.env['WORLD_RUN'];
/** Key → how often it was acted on, in the order of the first time. */
const acted = new Map<string, number>();
/** Key → how often it was put: the end is the same each time. */
const put = new Map<string, number>();

function bump(counts: Map<string, number>, key: string): number {
  const count = (counts.get(key) ?? 0) + 1;
  counts.set(key, count);
  return count;
}

function answer(line: string): unknown {
  const request = worldRequestSchema.parse(JSON.parse(line));
  const { id } = request;
  // A process that an aborted run has left behind looks exactly like a doubled effect.
  if (request.run !== run) return { id, error: 'this is another run' };
  switch (request.op) {
    case 'act':
      return { id, count: bump(acted, request.key) };
    case 'put':
      return { id, count: bump(put, request.key) };
    case 'look':
      return { id, count: (acted.get(request.key) ?? 0) + (put.get(request.key) ?? 0) };
    case 'dump':
      return { id, count: acted.size + put.size, acted: [...acted], put: [...put] };
  }
}

const server = createServer((socket) => {
  // Whoever speaks may die at any moment; the line reader reports that once more.
  const lines = createInterface({ input: socket }).on('error', () => {});
  socket.on('error', () => socket.destroy());
  lines.on('line', (line) => {
    let reply: unknown;
    try {
      reply = answer(line);
    } catch (error) {
      reply = { id: 0, error: String(error) };
    }
    if (socket.writable) socket.write(`${JSON.stringify(reply)}\n`);
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.({ port: typeof address === 'object' ? address?.port : undefined });
});
process.on('disconnect', () => process.exit(0));
