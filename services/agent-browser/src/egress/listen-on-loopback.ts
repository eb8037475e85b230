// Lets a server take connections from this machine alone, on a port that the kernel chooses.
import { once } from 'node:events';
import type { Server } from 'node:net';

/** Resolves to its address, as a browser's proxy setting has it. */
export async function listenOnLoopback(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('a server on a port has an address');
  return `http://127.0.0.1:${address.port}`;
}
