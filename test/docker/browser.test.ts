// Chromium in its container: its own sandbox on, a network of its own, and pages that come out readable.
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { outerAddress } from './stack/outer-address.ts';
import { openStack } from './stack/stack.ts';

const stack = openStack(inject('shared'));
const host = outerAddress();
let site: Server;
let port: number;

beforeAll(async () => {
  site = createServer((_, response) => {
    response
      .setHeader('content-type', 'text/html')
      .end('<title>Lamps</title><main><h1>Lamps</h1><p>A lamp is 12 euros.');
  });
  await new Promise<void>((resolve) => site.listen(0, '0.0.0.0', resolve));
  const address = site.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
});
afterAll(() => site.close());

test.skipIf(host === undefined)('a page is read, by a Chromium whose own sandbox is on', async () => {
  const client = await stack.client();
  const turn = await client.say(await client.homeSession(), `read http://${host}:${port}/`);
  expect(turn.error).toBeUndefined();
  expect(turn.output?.text).toContain('A lamp is 12 euros.');
  // Its processes live in namespaces that are not the agent's.
  const namespaces = 'for p in /proc/[0-9]*; do [ "$(cat $p/comm)" = chromium ] && readlink $p/ns/user $p/ns/net; done';
  const { stdout } = await stack.shell('browser', `${namespaces}; readlink /proc/self/ns/user /proc/self/ns/net`);
  const all = stdout.split('\n').filter(Boolean);
  const [user, net] = all.slice(-2);
  const theirs = all.slice(0, -2);
  expect(theirs.length).toBeGreaterThan(0);
  expect(theirs).not.toContain(user);
  expect(theirs).not.toContain(net);
});
