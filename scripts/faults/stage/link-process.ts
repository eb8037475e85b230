// The wires between processes as a process: each a TCP port of its own, to be cut, silenced or slowed down.
import { once } from 'node:events';
import { createConnection, createServer, type Socket } from 'node:net';
import { Transform } from 'node:stream';
import { type LinkMode, linkOrderSchema } from './link-protocol.ts';

interface Link {
  mode: LinkMode;
  readonly sockets: Set<Socket>;
  /** Resolves when the mode changes. */
  changed: PromiseWithResolvers<void>;
}

const links = new Map<string, Link>();
const slowMs = 400;

/** Holds back what a silent wire does not carry, and delays what a slow one does. */
function wire(link: Link): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const pass = async (): Promise<void> => {
        while (link.mode === 'silent') await link.changed.promise;
        if (link.mode === 'slow') await new Promise((resolve) => setTimeout(resolve, slowMs));
      };
      void pass().then(() => done(null, chunk));
    },
  });
}

function join(link: Link, near: Socket, port: number): void {
  if (link.mode === 'cut') {
    near.resetAndDestroy();
    return;
  }
  const far = createConnection(port, '127.0.0.1').setNoDelay(true);
  near.setNoDelay(true);
  const end = (): void => {
    for (const socket of [near, far]) {
      link.sockets.delete(socket);
      socket.destroy();
    }
  };
  for (const socket of [near, far]) {
    link.sockets.add(socket);
    socket.on('error', end).on('close', end);
  }
  near.pipe(wire(link)).pipe(far);
  far.pipe(wire(link)).pipe(near);
}

async function open(name: string, port: number, from: string): Promise<void> {
  const link: Link = { mode: 'open', sockets: new Set(), changed: Promise.withResolvers() };
  links.set(name, link);
  const server = createServer((near) => join(link, near, port)).listen(0, from);
  await once(server, 'listening');
  const address = server.address();
  process.send?.({ name, port: typeof address === 'object' ? address?.port : undefined });
}

function set(name: string, mode: LinkMode): void {
  const link = links.get(name);
  if (link === undefined) throw new Error(`no link ${name}`);
  link.mode = mode;
  link.changed.resolve();
  link.changed = Promise.withResolvers();
  if (mode === 'cut') for (const socket of [...link.sockets]) socket.resetAndDestroy();
}

process.on('message', (message) => {
  const order = linkOrderSchema.parse(message);
  if ('port' in order) void open(order.name, order.port, order.address);
  else set(order.name, order.mode);
});
process.on('disconnect', () => process.exit(0));
process.send?.({ ready: true });
