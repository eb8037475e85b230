// Runs within Chromium's own network, where it is the one process beside it: opens ports there and hands them out.
import { createServer } from 'node:net';

/** Each message asks for one port; the answer is its number, with the server that takes what comes there. */
process.on('message', () => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const address = server.address();
    const port = address === null || typeof address === 'string' ? 0 : address.port;
    // Closed on this side once it has gone over: two that accept would share what comes.
    process.send?.({ port }, server, {}, () => server.close());
  });
});
process.on('disconnect', () => process.exit());
process.send?.({ port: 0 });
