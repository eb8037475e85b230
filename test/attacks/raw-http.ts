// HTTP as an attacker writes it: any bytes on a socket, and what comes back until it is closed.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface RawConnection {
  readonly socket: Socket;
  /** All that was answered so far. */
  text(): string;
  /** Resolves with it when the other side has closed. */
  readonly closed: Promise<string>;
}

export async function openRaw(url: string): Promise<RawConnection> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let text = '';
  socket.setEncoding('latin1').on('data', (piece: string) => {
    text += piece;
  });
  // A reset is an answer, too.
  socket.on('error', () => {});
  const closed = new Promise<string>((resolve) => socket.once('close', () => resolve(text)));
  await once(socket, 'connect');
  return { socket, text: () => text, closed };
}

/** The status codes of all that was answered. */
export async function statuses(url: string, bytes: string): Promise<number[]> {
  const { socket, closed } = await openRaw(url);
  socket.end(Buffer.from(bytes, 'latin1'));
  return [...(await closed).matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status));
}
