// What goes through one way out: its open connections, how much may still come in, and what failed and why.
import { type Duplex, Transform } from 'node:stream';
import { parseTarget, type Target } from './allowed-hosts.ts';
import { EgressError } from './egress-error.ts';

const socketsMax = 256;
const failuresMax = 200;

export class Traffic {
  readonly #open = new Set<Duplex>();
  readonly #failures = new Map<string, EgressError>();
  #left = 0;

  /** From now on so many bytes may come in; more ends every connection. Forgets what failed before. */
  allow(bytes: number): void {
    this.#left = bytes;
    this.#failures.clear();
  }

  /** More came than was allowed. */
  get exhausted(): boolean {
    return this.#left < 0;
  }

  /** Throws EgressError where one more connection would be too much. */
  checkRoom(): void {
    if (this.exhausted) throw new EgressError('too-large', 'More came than is taken.');
    if (this.#open.size >= socketsMax) throw new EgressError('unreachable', 'Too many connections are open.');
  }

  /** Ended with all others; what goes wrong on it ends it. */
  keep(socket: Duplex): void {
    this.#open.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.#open.delete(socket));
  }

  /** Counts bytes that have come in; ends every connection when they are too many. */
  count(bytes: number): void {
    this.#left -= bytes;
    if (this.exhausted) this.endAll();
  }

  /** For what comes in. */
  counter(): Transform {
    return new Transform({
      transform: (piece: Buffer, _encoding, done) => {
        this.count(piece.length);
        if (this.exhausted) done(new EgressError('too-large', 'More came than is taken.'));
        else done(null, piece);
      },
    });
  }

  failed({ host, port }: Target, thrown: unknown): void {
    const error = thrown instanceof EgressError ? thrown : new EgressError('unreachable', `${host} cannot be reached.`);
    if (this.#failures.size < failuresMax) this.#failures.set(`${host}:${port}`, error);
  }

  /** Why nothing came from this address since the last `allow`. */
  failureOf(address: string): EgressError | undefined {
    const url = URL.parse(address);
    const target = url === null ? undefined : parseTarget(url.host, url.protocol === 'https:' ? 443 : 80);
    return target && this.#failures.get(`${target.host}:${target.port}`);
  }

  endAll(): void {
    for (const socket of this.#open) socket.destroy();
  }
}
