// The one way out of the browser: an HTTP proxy that resolves, checks and connects for it, and counts what comes back.
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { Server, Socket } from 'node:net';
import { type Duplex, pipeline } from 'node:stream';
import { parseTarget, type Target } from './allowed-hosts.ts';
import { connectChecked, type Way } from './checked-connect.ts';
import { EgressError } from './egress-error.ts';
import { Traffic } from './traffic.ts';

const quietMsMax = 60_000;
/** Of one hop only (RFC 9110, 7.6.1): not passed on. */
const hopByHop = ['connection', 'proxy-connection', 'proxy-authorization', 'keep-alive', 'te', 'trailer', 'upgrade'];

export interface EgressOptions extends Way {
  /** Makes the server take connections from the browser, and from nobody else where that can be; resolves to its address. */
  readonly listen: (server: Server) => Promise<string>;
}

/** The way out of one browser context. */
export interface Egress {
  /** For the browser's proxy setting. */
  readonly proxy: string;
  readonly traffic: Traffic;
  close(): Promise<void>;
}

type Connect = (target: Target) => Promise<Socket>;

/** `CONNECT host:port`: everything over TLS, and every WebSocket. */
async function tunnel(traffic: Traffic, connect: Connect, asked: IncomingMessage, client: Duplex, head: Buffer) {
  const target = parseTarget(asked.url ?? '', 443);
  if (target === undefined) return void client.end('HTTP/1.1 400 Bad Request\r\n\r\n');
  try {
    const server = await connect(target);
    if (client.destroyed) return void server.destroy();
    client.write('HTTP/1.1 200 OK\r\n\r\n');
    server.write(head);
    pipeline(client, server, () => server.destroy());
    pipeline(server, traffic.counter(), client, () => client.destroy());
  } catch (error) {
    traffic.failed(target, error);
    client.end('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n');
  }
}

/** `GET http://host/path`: plain HTTP. */
async function forward(traffic: Traffic, connect: Connect, asked: IncomingMessage, answer: ServerResponse) {
  const url = URL.parse(asked.url ?? '');
  const target = url?.protocol === 'http:' ? parseTarget(url.host, 80) : undefined;
  if (url === null || target === undefined) return void answer.writeHead(400).end();
  const fail = (error: unknown): void => {
    traffic.failed(target, error);
    if (answer.headersSent) answer.destroy();
    else answer.writeHead(502).end();
  };
  let socket: Socket;
  try {
    socket = await connect(target);
  } catch (error) {
    return fail(error);
  }
  // The page may have gone on meanwhile.
  if (answer.destroyed || asked.destroyed) return void socket.destroy();
  const onward = request({
    method: asked.method,
    path: url.pathname + url.search,
    headers: passedOn(asked.headers),
    createConnection: () => socket,
  });
  onward.once('error', (cause) => {
    socket.destroy();
    fail(new EgressError('unreachable', `${url.host} ended the connection.`, { cause }));
  });
  onward.once('response', (reply) => {
    if (answer.destroyed) return void socket.destroy();
    answer.writeHead(reply.statusCode ?? 502, passedOn(reply.headers));
    pipeline(reply, traffic.counter(), answer, () => socket.destroy());
  });
  pipeline(asked, onward, (error) => error && socket.destroy());
}

function passedOn(headers: IncomingMessage['headers']): IncomingMessage['headers'] {
  const named = (headers.connection ?? '').toLowerCase().split(/\s*,\s*/);
  const dropped = new Set([...hopByHop, ...named]);
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !dropped.has(name)));
}

export async function openEgress(options: EgressOptions): Promise<Egress> {
  const traffic = new Traffic();
  const connect: Connect = async (target) => {
    traffic.checkRoom();
    const socket = await connectChecked(target, options);
    traffic.keep(socket);
    socket.setTimeout(quietMsMax, () => socket.destroy());
    return socket;
  };
  const server = createServer((asked, answer) => void forward(traffic, connect, asked, answer));
  server.on('connect', (asked, client, head) => void tunnel(traffic, connect, asked, client, head));
  server.on('connection', (socket) => traffic.keep(socket));
  server.on('clientError', (_error, socket) => socket.destroy());
  const proxy = await options.listen(server);
  return {
    proxy,
    traffic,
    async close() {
      const closed = once(server, 'close');
      server.close();
      traffic.endAll();
      await closed;
    },
  };
}
