// One process at a time, also when the one before was killed.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

async function listen(address) {
  const server = createServer();
  const waiting = new Set();
  server.on('connection', (socket) => {
    waiting.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => waiting.delete(socket));
  });
  server.listen(address);
  await once(server, 'listening');
  return () => {
    server.close();
    for (const socket of waiting) socket.destroy();
  };
}

/** Resolves when whoever holds the address lets it go, or is gone. */
async function released(address) {
  const socket = connect(address);
  socket.on('error', () => {});
  socket.resume();
  await once(socket, 'close');
}

/**
 * Runs `work` while no other process of this machine runs work for the same folder. The lock is a socket in Linux's
 * abstract namespace: the kernel frees it with the process that holds it, so it is never left behind.
 */
export async function withLock(folder, work) {
  if (process.platform !== 'linux') return work();
  const address = `\0switchboard-${createHash('sha256').update(folder).digest('hex').slice(0, 32)}`;
  for (;;) {
    let release;
    try {
      release = await listen(address);
    } catch (error) {
      if (error.code !== 'EADDRINUSE') throw error;
      await released(address);
      continue;
    }
    try {
      return await work();
    } finally {
      release();
    }
  }
}
