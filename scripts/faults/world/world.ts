// A connection to the outside world.
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { createInterface } from 'node:readline';
import { type WorldReply, worldReplySchema } from './world-protocol.ts';

export interface WorldAddress {
  /** Default: 127.0.0.1. */
  readonly host?: string;
  readonly port: number;
  /** Of this run of the suite: the world of another one refuses. */
  readonly run: string;
}

export interface World {
  /** How often that key has been acted on, this time included. */
  act(key: string): Promise<number>;
  put(key: string): Promise<number>;
  look(key: string): Promise<number>;
  dump(): Promise<{ acted: ReadonlyMap<string, number>; put: ReadonlyMap<string, number> }>;
  close(): void;
}

/** Every call is written at once, before its promise is returned. Throws when the world is not there. */
export async function connectWorld({ host = '127.0.0.1', port, run }: WorldAddress): Promise<World> {
  const socket = createConnection(port, host).setNoDelay(true);
  await once(socket, 'connect');
  const waiting = new Map<number, PromiseWithResolvers<WorldReply>>();
  let last = 0;
  const lines = createInterface({ input: socket }).on('error', () => {});
  lines.on('line', (line) => {
    const reply = worldReplySchema.parse(JSON.parse(line));
    const asked = waiting.get(reply.id);
    waiting.delete(reply.id);
    if (reply.error === undefined) asked?.resolve(reply);
    else asked?.reject(new Error(reply.error));
  });
  const fail = (): void => {
    for (const asked of waiting.values()) asked.reject(new Error('the world is gone'));
    waiting.clear();
  };
  socket.on('error', fail).on('close', fail);

  function ask(request: { op: string; key?: string }): Promise<WorldReply> {
    const id = ++last;
    const asked = Promise.withResolvers<WorldReply>();
    waiting.set(id, asked);
    socket.write(`${JSON.stringify({ id, run, ...request })}\n`);
    return asked.promise;
  }
  const count = async (op: string, key: string): Promise<number> => (await ask({ op, key })).count ?? 0;
  return {
    act: (key) => count('act', key),
    put: (key) => count('put', key),
    look: (key) => count('look', key),
    async dump() {
      const { acted = [], put = [] } = await ask({ op: 'dump' });
      return { acted: new Map(acted), put: new Map(put) };
    },
    close: () => socket.destroy(),
  };
}
