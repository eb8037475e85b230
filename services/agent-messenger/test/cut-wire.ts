// A wire to a server that breaks at a chosen moment, for tests.
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface CutWire {
  readonly port: number;
  /**
   * When the client sends something that holds `text`, the server gets it, and the client hears nothing any more; it
   * resolves then. `cut` breaks the connection.
   */
  deafAfter(text: string): Promise<void>;
  /** Breaks every connection; new ones pass as before. */
  cut(): void;
  stop(): Promise<void>;
}

export async function startCutWire(serverPort: number): Promise<CutWire> {
  const sockets = new Set<Socket>();
  let waiting: { text: string; happened: () => void } | undefined;
  const server = createServer((client) => {
    const upstream = connect(serverPort, '127.0.0.1');
    let isDeaf = false;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on('data', (piece) => {
      const met = waiting !== undefined && piece.includes(waiting.text);
      if (met) isDeaf = true;
      upstream.write(piece, () => met && waiting?.happened());
    });
    upstream.on('data', (piece) => {
      if (!isDeaf) client.write(piece);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: address.port,
    deafAfter: (text) =>
      new Promise((happened) => {
        waiting = { text, happened };
      }),
    cut() {
      waiting = undefined;
      cut();
    },
    async stop() {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
