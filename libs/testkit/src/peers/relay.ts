// A relay between a client and an HTTP server that can lose, or hold, one request or its answer: what a cut wire does.
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/**
 * lose-request: the connection breaks before the server has it. hold-request: nothing goes on. lose-answer: it breaks
 * when the server has answered. hold-answer: the server's answer stays away.
 */
export type Mishap = 'lose-request' | 'hold-request' | 'lose-answer' | 'hold-answer';

export interface Relay {
  readonly port: number;
  /** The same address at the relay. */
  url(of: string): string;
  /** From now on, to every request that holds these bytes; resolves when it has happened for the first time. */
  meet(text: string, mishap: Mishap): Promise<void>;
  /** Everything passes again; what was held is lost. */
  heal(): void;
  stop(): Promise<void>;
}

interface Rule {
  readonly text: string;
  readonly mishap: Mishap;
  readonly happened: () => void;
}

/** For clients that make a connection for each request. */
export async function startRelay(serverPort: number): Promise<Relay> {
  const open = new Set<Socket>();
  let rule: Rule | undefined;
  const server = createServer((client) => {
    let request = Buffer.alloc(0);
    open.add(client);
    client.on('error', () => client.destroy());
    client.on('close', () => open.delete(client));
    client.on('data', (piece) => {
      request = Buffer.concat([request, piece]);
      if (!isWhole(request)) return;
      client.pause();
      pass(client, request, rule !== undefined && request.includes(rule.text) ? rule : undefined);
    });
  });

  function pass(client: Socket, request: Buffer, met: Rule | undefined): void {
    if (met?.mishap === 'lose-request' || met?.mishap === 'hold-request') {
      if (met.mishap === 'lose-request') client.destroy();
      met.happened();
      return;
    }
    const upstream = connect(serverPort, '127.0.0.1', () => upstream.write(request));
    open.add(upstream);
    upstream.on('error', () => client.destroy());
    upstream.on('close', () => {
      open.delete(upstream);
      if (met === undefined) client.end();
    });
    upstream.on('data', (piece) => {
      if (met === undefined) return void client.write(piece);
      if (met.mishap === 'lose-answer') client.destroy();
      met.happened();
    });
  }

  const drop = (): void => {
    for (const socket of open) socket.destroy();
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the relay has no port');
  const { port } = address;
  return {
    port,
    url: (of) => Object.assign(new URL(of), { port: String(port) }).href,
    meet(text, mishap) {
      const { promise, resolve } = Promise.withResolvers<void>();
      rule = { text, mishap, happened: resolve };
      return promise;
    },
    heal() {
      rule = undefined;
      drop();
    },
    async stop() {
      server.close();
      drop();
      await once(server, 'close');
    },
  };
}

function isWhole(request: Buffer): boolean {
  const end = request.indexOf('\r\n\r\n');
  if (end === -1) return false;
  const length = /^content-length: *(\d+)/im.exec(request.subarray(0, end).toString('latin1'))?.[1];
  return request.length >= end + 4 + Number(length ?? 0);
}
