// What a connection may cost before it is known who calls: so many of them, so much time, and no compressed bodies.
import { SwitchboardError } from '@switchboard/contract';
import type { FastifyInstance } from 'fastify';

const connectionsMax = 2_000;

/** The head of a request must be here in 10 seconds and all of it in 30, however slowly it is sent; in milliseconds. */
export const connectionTimes = {
  requestTimeout: 30_000,
  http: { headersTimeout: 10_000, connectionsCheckingInterval: 2_000 },
};

/** A body is taken as it is: what a few compressed bytes become cannot be bounded by their number. */
export function limitConnections(app: FastifyInstance): void {
  app.server.maxConnections = connectionsMax;
  app.addHook('onRequest', async ({ headers }) => {
    const encoding = headers['content-encoding'] ?? 'identity';
    if (encoding !== 'identity') {
      throw new SwitchboardError('unsupported-media-type', `Send the body as it is, not as ${encoding}`);
    }
  });
}
