// The wall: a page reaches nothing that is not on the public internet, whatever it tries.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readlinkSync } from 'node:fs';
import { type Forbidden, startForbidden } from '@switchboard/testkit/peers/hostile-site';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pidOf } from '../src/chromium/browser-process.ts';
import { openNetwork } from '../src/chromium/closed-network.ts';
import { parseAllowedHosts } from '../src/egress/allowed-hosts.ts';
import { type BrowserStage, startBrowserStage } from './browser-stage.ts';

let stage: BrowserStage;
let forbidden: Forbidden;
let forbidden6: Forbidden | undefined;
const answers = new Map<string, string[]>();

describe.each([
  ['in a network that the kernel closes', undefined],
  ['in the machine’s own network', async () => openNetwork()],
])('%s', (_, own) => {
  beforeAll(async () => {
    forbidden = await startForbidden();
    forbidden6 = await startForbidden('::1').catch(() => undefined);
    stage = await startBrowserStage({
      ...(own === undefined ? {} : { openNetwork: own }),
      resolve: async (host) => {
        const queue = answers.get(host) ?? ['127.0.0.1'];
        return [queue.length > 1 ? (queue.shift() ?? '') : (queue[0] ?? '')];
      },
    });
  });

  afterAll(async () => {
    await stage.close();
    expect(forbidden.visits()).toBe(0);
    expect(forbidden6?.visits() ?? 0).toBe(0);
    await forbidden.close();
    await forbidden6?.close();
  });

  const site = (path: string) => `${stage.site.url}${path}`;
  /** The same place in other words. */
  const places = (port: number) => [
    `http://127.0.0.1:${port}/`,
    `http://2130706433:${port}/`,
    `http://0x7f000001:${port}/`,
    `http://0177.0.0.1:${port}/`,
    `http://127.1:${port}/`,
    `http://0.0.0.0:${port}/`,
    `http://localhost:${port}/`,
    `http://LOCALHOST.:${port}/`,
    `http://anything.localhost:${port}/`,
    `http://name.test:${port}/`,
    `http://[::ffff:127.0.0.1]:${port}/`,
    `http://[64:ff9b::7f00:1]:${port}/`,
  ];

  test('Chromium sees no network but that one', async () => {
    await stage.read('held').open(site('/plain'));
    const pid = await pidOf(await stage.browser.process());
    const shared = readlinkSync(`/proc/${pid}/ns/net`) === readlinkSync('/proc/self/ns/net');
    expect(shared).toBe(own !== undefined);
  });

  describe('what a person asks for', () => {
    test('is refused in every notation, and says why', { timeout: 120_000 }, async () => {
      const addresses = [
        ...places(forbidden.port),
        `http://[::1]:${forbidden6?.port ?? 8080}/`,
        `https://127.0.0.1:${forbidden.port}/`,
        'http://169.254.169.254/latest/meta-data/',
        'http://10.0.0.1/',
        'http://100.64.0.1/',
        'http://[fd00::1]/',
        'http://[fe80::1]/',
      ];
      const read = stage.read();
      for (const address of addresses) {
        await expect(read.read(address), address).rejects.toMatchObject({ reason: 'address-refused' });
      }
    });

    test('is refused for a download too', async () => {
      const run = stage.read().download(`http://127.0.0.1:${forbidden.port}/`);
      await expect(run).rejects.toMatchObject({ reason: 'address-refused' });
    });

    test.each([
      'file:///etc/passwd',
      'chrome://version',
      'about:blank',
      'data:text/html,x',
      'view-source:http://a.test',
      'javascript:1',
    ])('%s is no web page', async (address) => {
      await expect(stage.read().read(address)).rejects.toMatchObject({ reason: 'bad-address' });
    });
  });

  describe('a redirect', () => {
    test('to a place at home is refused, of a page and of a download', async () => {
      const to = site(`/redirect?to=${encodeURIComponent(`http://127.0.0.1:${forbidden.port}/`)}`);
      await expect(stage.read().read(to)).rejects.toMatchObject({ reason: 'address-refused' });
      await expect(stage.read().download(to)).rejects.toMatchObject({ reason: 'address-refused' });
    });

    test('to a file is not followed', async () => {
      const run = stage.read().read(site('/redirect?to=file:///etc/passwd'));
      await expect(run).rejects.toMatchObject({ code: 'skill-failed' });
    });
  });

  describe('a page', () => {
    test('cannot fetch from a place at home, or open a WebSocket to it', async () => {
      const to = places(forbidden.port).flatMap((place) => [place, place.replace('http', 'ws')]);
      const query = to.map((place) => `to=${encodeURIComponent(place)}`).join('&');
      const { text } = await stage.read().read(site(`/fetches?${query}`));
      // What the proxy answers is an answer of some kind; that nothing came from there is what `visits` says.
      expect(text).toMatch(/^tried: /);
      expect(forbidden.visits()).toBe(0);
    });

    test('cannot show a place at home: no picture, frame, style, script, object or film, nothing fetched ahead', async () => {
      const query = places(forbidden.port)
        .map((place) => `src=${encodeURIComponent(place)}`)
        .join('&');
      const { text } = await stage.read().read(site(`/shows?${query}`));
      expect(text).toBe('shown');
      expect(forbidden.visits()).toBe(0);
    });

    test('cannot speak past the proxy over UDP', async () => {
      const stun = createSocket('udp4');
      let heard = 0;
      stun.on('message', () => {
        heard += 1;
      });
      stun.bind(0, '127.0.0.1');
      await once(stun, 'listening');
      const to = encodeURIComponent(`stun:127.0.0.1:${stun.address().port}`);
      const { text } = await stage.read().read(site(`/fetches?to=${to}`));
      expect(text).toMatch(/^(tried|…)/);
      stun.close();
      expect(heard).toBe(0);
    });

    test('cannot reach another port of a host that the operator has named with one', async () => {
      const run = stage.read().read(`http://127.0.0.1:${forbidden.port}/`);
      await expect(run).rejects.toMatchObject({ reason: 'address-refused' });
    });
  });

  test('a name that was public when it was first asked about is checked again for the next connection', async () => {
    answers.set('rebind.test', ['93.184.216.34', '127.0.0.1']);
    const run = stage.read().read(`http://rebind.test:${forbidden.port}/`);
    await expect(run).rejects.toMatchObject({
      reason: expect.stringMatching(/^(unreachable|too-slow|address-refused)$/),
    });
    const again = stage.read().read(`http://rebind.test:${forbidden.port}/`);
    await expect(again).rejects.toMatchObject({ reason: 'address-refused' });
  });
});

test('a host that the operator names is reached, under its name too', async () => {
  const named = await startBrowserStage({ allowed: parseAllowedHosts('nas.test'), resolve: async () => ['127.0.0.1'] });
  try {
    const { title } = await named.read().read(`http://nas.test:${named.site.port}/plain`);
    expect(title).toBe('Plain');
  } finally {
    await named.close();
  }
});
