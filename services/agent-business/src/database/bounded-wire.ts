// A connection that takes no more than so many bytes: an answer past that ends it, before it fills the memory.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Duplex } from 'node:stream';

export class WireFullError extends Error {
  override readonly name = 'WireFullError';
}

export interface WireTarget {
  readonly host: string;
  readonly port: number;
  readonly bytesMax: number;
  readonly connectMsMax: number;
  /** Breaks it, with its reason as the error. */
  readonly signal: AbortSignal;
}

/** What the driver and TLS take for a socket. */
class BoundedWire extends Duplex {
  readonly host: string;
  readonly port: number;
  readonly #socket: Socket;

  constructor(socket: Socket, { host, port, bytesMax }: WireTarget) {
    super();
    this.#socket = socket;
    // TLS checks the certificate against it.
    this.host = host;
    this.port = port;
    let bytes = 0;
    socket.on('data', (piece) => {
      bytes += piece.length;
      if (bytes > bytesMax) this.destroy(new WireFullError(`more than ${bytesMax} bytes came`));
      else if (!this.push(piece)) socket.pause();
    });
    socket.on('end', () => this.push(null));
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => this.destroy());
  }

  get readyState(): string {
    return this.destroyed ? 'closed' : 'open';
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Uint8Array, _: string, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, done);
  }

  override _final(done: () => void): void {
    this.#socket.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }
}

/** Connected; TLS may be made over it. Rejects with what the system says, or an Error after `connectMsMax`. */
export async function openWire(target: WireTarget): Promise<Duplex> {
  const { host, port, connectMsMax, signal } = target;
  const socket = connect({ host, port, signal });
  const late = new Error(`no connection in ${connectMsMax} ms`);
  const timer = setTimeout(() => socket.destroy(late), connectMsMax);
  try {
    await once(socket, 'connect');
  } finally {
    clearTimeout(timer);
  }
  return new BoundedWire(socket, target);
}
