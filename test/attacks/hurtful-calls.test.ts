// Calls that are made to hurt: bodies, requests and connections cost what they may cost, and no more.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { bodyBytesMax, problemSchema } from '@switchboard/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AttackedSystem, attackedSystem, freshKey } from './attacked-system.ts';
import { openRaw, statuses } from './raw-http.ts';

let system: AttackedSystem;
beforeAll(async () => {
  system = await attackedSystem();
});
afterAll(() => system?.close());

describe('S7: a body that is made to hurt', () => {
  const nested = (levels: number, open: string, close: string): string =>
    `${open.repeat(levels)}1${close.repeat(levels)}`;
  const within = (inner: string): string => `{"input":"x","skill":"read-file","arguments":{"path":${inner}}}`;
  test.each([
    ['10,000 lists in each other', within(nested(10_000, '[', ']')), 400],
    ['100,000 objects in each other', within(nested(100_000, '{"a":', '}')), 400],
    ['half a million brackets', '['.repeat(500_000), 400],
    ['65 levels', within(nested(65, '[', ']')), 400],
    ['a prototype', '{"input":"x","__proto__":{"scopes":["admin"]}}', 400],
    ['a prototype in the arguments', within('{"__proto__":{"polluted":true}}'), 400],
    ['a constructor’s prototype', within('{"constructor":{"prototype":{"polluted":true}}}'), 400],
    ['100,000 fields', `{${Array.from({ length: 60_000 }, (_, n) => `"f${n}":1`).join(',')}}`, 400],
    ['a number past all bounds', '{"input":"x","arguments":{"n":1e999}}', 400],
    ['a body of 1 MiB and one byte', `{"input":"${'x'.repeat(bodyBytesMax)}"}`, 413],
  ])('%s is refused', async (_, body, status) => {
    const response = await system.call('POST', system.turns, body, freshKey());
    expect([response.status, problemSchema.parse(await response.json()).status]).toEqual([status, status]);
  });

  test('compressed bodies are refused before they are unpacked, under every name of a packing', async () => {
    const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024));
    for (const encoding of ['gzip', 'deflate', 'br', 'zstd', 'x', 'gzip, gzip', 'identity, gzip']) {
      const response = await fetch(`${system.url}${system.turns}`, {
        method: 'POST',
        body: bomb,
        headers: {
          authorization: `Bearer ${system.key}`,
          'content-type': 'application/json',
          'content-encoding': encoding,
        },
      });
      expect([encoding, response.status]).toEqual([encoding, 415]);
    }
  });

  test('two hundred of the largest leave the memory where it was', async () => {
    const rss = (): number =>
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${system.gateway}/status`, 'utf8'))?.[1]) / 1024;
    const body = JSON.stringify({ input: 'x', arguments: { text: 'x'.repeat(bodyBytesMax - 1_000) }, no: 1 });
    const flood = async (count: number): Promise<void> => {
      for (let index = 0; index < count; index += 10) {
        const all = Array.from({ length: 10 }, () => system.call('POST', system.turns, body, freshKey()));
        for (const { status } of await Promise.all(all)) expect(status).toBe(400);
      }
    };
    await flood(50);
    const before = rss();
    await flood(200);
    expect(rss() - before).toBeLessThan(100);
  }, 60_000);
});

describe('S1: requests that two readers would understand in two ways', () => {
  const host = (): string => `Host: ${new URL(system.url).host}`;
  const hidden = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n';
  test.each<[string, (host: string) => string]>([
    [
      'a length and a chunked body',
      (h) =>
        `POST /v1/turns HTTP/1.1\r\n${h}\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`,
    ],
    [
      'two lengths',
      (h) =>
        `POST /v1/turns HTTP/1.1\r\n${h}\r\nContent-Length: 0\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`,
    ],
    ['a length with a sign', (h) => `POST /v1/turns HTTP/1.1\r\n${h}\r\nContent-Length: +0\r\n\r\n${hidden}`],
    [
      'an unknown coding',
      (h) => `POST /v1/turns HTTP/1.1\r\n${h}\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${hidden}`,
    ],
    [
      'a space before the colon',
      (h) => `POST /v1/turns HTTP/1.1\r\n${h}\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n${hidden}`,
    ],
    [
      'a folded header',
      (h) =>
        `POST /v1/turns HTTP/1.1\r\n${h}\r\nX: a\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`.replace(
          'X: a\r\n ',
          'X: a\r\n\u000b',
        ),
    ],
    [
      'a chunk size that is none',
      (h) => `POST /v1/turns HTTP/1.1\r\n${h}\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n${hidden}`,
    ],
    ['no host', () => `GET /healthz HTTP/1.1\r\n\r\n${hidden}`],
    ['no HTTP', () => `EVIL\r\n\r\n${hidden}`],
    ['a head of 100 KB', (h) => `GET /healthz HTTP/1.1\r\n${h}\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`],
  ])('%s: no second request comes out of it', async (_, request) => {
    const answered = await statuses(system.url, request(host()));
    expect(answered.length).toBeLessThanOrEqual(1);
    for (const status of answered) expect([400, 401, 431]).toContain(status);
  });

  test('a path that is no UTF-8, and one that is too long, are refused', async () => {
    for (const path of [
      '/v1/turns/%c0%ae%c0%ae',
      '/v1/turns/%ff',
      `/v1/turns/${'a'.repeat(5_000)}`,
      '/%2e%2e/%2e%2e/etc/passwd',
    ]) {
      const [status = 0] = await statuses(
        system.url,
        `GET ${path} HTTP/1.1\r\n${host()}\r\nAuthorization: Bearer ${system.key}\r\nConnection: close\r\n\r\n`,
      );
      expect([400, 404, 414], path).toContain(status);
    }
  });
});

describe('S22: connections that only take', () => {
  test('a thousand followers of one key get a hundred places, and give them back', async () => {
    const aborting = new AbortController();
    const follow = (): Promise<Response> =>
      fetch(`${system.url}/v1/sessions/${system.session}/events`, {
        headers: { authorization: `Bearer ${system.key}`, accept: 'text/event-stream' },
        signal: aborting.signal,
      });
    const opened = await Promise.all(Array.from({ length: 1_000 }, follow));
    const count = (status: number): number => opened.filter((response) => response.status === status).length;
    expect([count(200), count(503)]).toEqual([100, 900]);
    expect((await system.call('GET', '/healthz')).status).toBe(200);
    aborting.abort();
    await expect
      .poll(async () => {
        const again = new AbortController();
        const { status } = await fetch(`${system.url}/v1/sessions/${system.session}/events`, {
          headers: { authorization: `Bearer ${system.key}`, accept: 'text/event-stream' },
          signal: again.signal,
        });
        again.abort();
        return status;
      })
      .toBe(200);
  }, 60_000);

  test('who hangs up before being let in holds no place', async () => {
    const path = `/v1/sessions/${system.session}/events`;
    const { host } = new URL(system.url);
    for (let index = 0; index < 150; index++) {
      const { socket } = await openRaw(system.url);
      socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${system.key}\r\n\r\n`);
      socket.destroySoon();
    }
    const places = async (): Promise<number> => {
      const aborting = new AbortController();
      const headers = { authorization: `Bearer ${system.key}`, accept: 'text/event-stream' };
      const opened = await Promise.all(
        Array.from({ length: 100 }, () => fetch(`${system.url}${path}`, { headers, signal: aborting.signal })),
      );
      aborting.abort();
      return opened.filter(({ status }) => status === 200).length;
    };
    await expect.poll(places, { timeout: 20_000, interval: 500 }).toBe(100);
  }, 60_000);

  test('a request that never ends is cut off, and others are served meanwhile', async () => {
    const startedAt = Date.now();
    const slow = await Promise.all(
      Array.from({ length: 100 }, async () => {
        const raw = await openRaw(system.url);
        raw.socket.write(`POST /v1/sessions HTTP/1.1\r\nHost: ${new URL(system.url).host}\r\nX-Slow: `);
        return raw;
      }),
    );
    const drip = setInterval(() => {
      for (const { socket } of slow) if (socket.writable) socket.write('a');
    }, 500);
    try {
      expect((await system.call('GET', '/healthz')).status).toBe(200);
      const answers = await Promise.all(slow.map(({ closed }) => closed));
      expect(new Set(answers.map((text) => text.slice(9, 12)))).toEqual(new Set(['408']));
      expect(Date.now() - startedAt).toBeLessThan(25_000);
    } finally {
      clearInterval(drip);
    }
  }, 60_000);
});
