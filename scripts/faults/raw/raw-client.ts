// A bare client of the broker: its wire protocol and an NKey, for what no decent client would do.
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { publicKeyOf, signNonce } from '@switchboard/bus';
import { z } from 'zod';

export interface RawMessage {
  readonly subject: string;
  readonly reply: string | undefined;
  readonly body: Buffer;
}

export interface RawClient {
  /** As the broker's log names it. */
  readonly address: string;
  subscribe(subject: string): void;
  /** Written as it is, whatever its size. */
  publish(subject: string, body: string | Uint8Array, reply?: string): void;
  /** Does not read any more. What the broker says from now on stays in its buffers and ours. */
  deafen(): void;
  /** Bytes heard so far. */
  heardBytes(): number;
  /** Resolves with what the broker said last when the connection ends. */
  readonly ended: Promise<string>;
  close(): void;
}

export interface RawOptions {
  readonly port: number;
  readonly seed: string;
  readonly onMessage?: (message: RawMessage) => void;
}

const lineEnd = Buffer.from('\r\n');
const infoSchema = z.object({ nonce: z.string() });

/** Takes what is whole out of `given`, and answers the rest. */
function readProtocol(given: Buffer, on: { line(line: string): void; message(message: RawMessage): void }): Buffer {
  let rest = given;
  for (;;) {
    const at = rest.indexOf(lineEnd);
    if (at < 0) return rest;
    const line = rest.toString('utf8', 0, at);
    const start = at + lineEnd.length;
    if (!line.startsWith('MSG ')) {
      on.line(line);
      rest = rest.subarray(start);
      continue;
    }
    const [, subject = '', , ...tail] = line.split(' ');
    const end = start + Number(tail.at(-1));
    if (rest.length < end + lineEnd.length) return rest;
    on.message({ subject, reply: tail.length > 1 ? tail[0] : undefined, body: rest.subarray(start, end) });
    rest = rest.subarray(end + lineEnd.length);
  }
}

function greet(socket: Socket, seed: string, info: string): void {
  const { nonce } = infoSchema.parse(JSON.parse(info));
  const options = {
    verbose: false,
    pedantic: false,
    nkey: publicKeyOf(seed),
    sig: signNonce(seed, nonce),
    protocol: 1,
  };
  socket.write(`CONNECT ${JSON.stringify({ ...options, lang: 'raw', version: '0' })}\r\nPING\r\n`);
}

/** Resolves when the broker has let it in. Rejects when it does not. It does not come back by itself. */
export async function connectRaw({ port, seed, onMessage = () => {} }: RawOptions): Promise<RawClient> {
  const socket = createConnection(port, '127.0.0.1').setNoDelay(true);
  await once(socket, 'connect');
  const ready = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<string>();
  let rest: Buffer = Buffer.alloc(0);
  let heard = 0;
  let last = '';
  let greeted = false;
  let subscriptions = 0;
  const on = {
    message: onMessage,
    line(line: string): void {
      // It is said again at every change; only the first one has to be answered.
      if (line.startsWith('INFO ')) {
        if (!greeted) greet(socket, seed, line.slice('INFO '.length));
        greeted = true;
      } else if (line === 'PING') socket.write('PONG\r\n');
      else if (line === 'PONG') ready.resolve();
      else last = line;
    },
  };
  socket.on('data', (data: Buffer) => {
    heard += data.length;
    rest = readProtocol(rest.length === 0 ? data : Buffer.concat([rest, data]), on);
  });
  socket.on('error', (error) => {
    last ||= error.message;
  });
  socket.once('close', () => {
    ready.reject(new Error(`the broker ended the connection: ${last}`));
    ended.resolve(last);
  });
  const address = `127.0.0.1:${socket.localPort}`;
  await ready.promise;
  return {
    address,
    subscribe: (subject) => void socket.write(`SUB ${subject} ${++subscriptions}\r\n`),
    publish(subject, body, reply) {
      const bytes = Buffer.from(body);
      socket.write(`PUB ${subject} ${reply === undefined ? '' : `${reply} `}${bytes.length}\r\n`);
      socket.write(bytes);
      socket.write(lineEnd);
    },
    deafen: () => void socket.pause(),
    heardBytes: () => heard,
    ended: ended.promise,
    close: () => socket.destroy(),
  };
}
