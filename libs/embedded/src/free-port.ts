// A TCP port on 127.0.0.1 that nobody listens on at this moment. It can be taken before it is used: retry then.
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { StartError } from './start-error.ts';

/**
 * Below Linux's ephemeral range (32768 up). A client that keeps trying to reconnect to a port of that range can be given
 * the very same port as its own, connect to itself, and so keep the server from coming back.
 */
const lowest = 20_000;
const highest = 32_767;
const triesMax = 50;
const startsMax = 5;

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
    return true;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  for (let tries = 0; tries < triesMax; tries++) {
    const port = randomInt(lowest, highest + 1);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port on 127.0.0.1 between ${lowest} and ${highest} in ${triesMax} tries`);
}

/**
 * Starts a server on `port`, or without one on a free port: then with another one when somebody was faster. Throws what
 * `start` throws.
 */
export async function onFreePort<T>(port: number | undefined, start: (port: number) => Promise<T>): Promise<T> {
  if (port !== undefined) return start(port);
  for (let tries = 1; ; tries++) {
    try {
      return await start(await freePort());
    } catch (error) {
      const taken = error instanceof StartError && error.reason === 'port-taken';
      if (!taken || tries === startsMax) throw error;
    }
  }
}
