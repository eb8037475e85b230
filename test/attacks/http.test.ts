// What comes in over HTTP is data: nothing of it is obeyed, reaches another's, or brings the system down.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  bodyBytesMax,
  httpRoutes,
  problemSchema,
  type RouteFact,
  sessionSchema,
  turnSchema,
} from '@switchboard/contract';
import { type System, startSystem } from '@switchboard/testkit/start-system';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { talkTo } from '../system/talk.ts';
import { openRaw, statuses } from './raw-http.ts';

let system: System;
let session: string;
let gateway: number;
beforeAll(async () => {
  system = await startSystem();
  gateway = system.pidOf('gateway');
  session = (await talkTo(system)).session;
});
afterAll(async () => {
  try {
    expect(system?.pidOf('gateway'), 'it is the same process as at the beginning').toBe(gateway);
    expect((await system?.call('GET', '/healthz'))?.status).toBe(200);
    const log = readFileSync(join(system.home, 'logs', 'gateway.log'), 'utf8');
    expect(log.split('\n').filter((line) => line.includes('a call failed'))).toEqual([]);
  } finally {
    await system?.close();
  }
});

const routes = Object.entries<RouteFact>(httpRoutes).map(([name, fact]) => ({ name, ...fact }));
const key = () => ({ 'idempotency-key': randomUUID() });
const turns = () => `/v1/sessions/${session}/turns`;

/** The names of all fields that a schema knows, of all its alternatives. */
function fieldsOf(schema: z.ZodType | undefined): string[] {
  if (schema === undefined) return [];
  const shape = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  const one = z.looseObject({ properties: z.record(z.string(), z.unknown()).optional() });
  const all = z.looseObject({ ...one.shape, anyOf: z.array(one).optional() }).parse(shape);
  return [...new Set([all, ...(all.anyOf ?? [])].flatMap(({ properties = {} }) => Object.keys(properties)))];
}

async function sound(response: Response, about: string): Promise<void> {
  const text = await response.text();
  expect(response.status, `${about}: ${text}`).toBeLessThan(500);
  expect(text, about).not.toMatch(/syntax error|relation "|pg_|postgres|\bat \S+ \(|node_modules/i);
  expect(response.headers.get('x-injected'), about).toBe(null);
}

const injections = [
  `'; DROP TABLE sessions; --`,
  `" OR 1=1 --`,
  `\\'; SELECT version(); --`,
  `$1 \${x} {{x}} %s %n`,
  `x\r\nX-Injected: yes\r\n\r\nHTTP/1.1 200 OK`,
  'x\u0000y',
  '../../../etc/passwd',
  '__proto__',
  'constructor',
  '\u202egnp.exe',
  'ｅｖａｌ（１）',
  '𝕒'.repeat(300),
  '>',
  'sb.skill.*.*',
  '{"$ne":null}',
];

describe('S17: what is written into any field is a value', () => {
  test.each(injections)(
    '%j changes no query, no header and no subject',
    async (text) => {
      for (const { name, method, path, params, query, body } of routes) {
        const where = encodeURIComponent(text);
        const filled = path.replace(/:\w+/g, params ? where : '$&');
        const asked = fieldsOf(query).map((field) => `${field}=${where}`);
        const fields = Object.fromEntries(fieldsOf(body).map((field) => [field, text]));
        const send = method === 'GET' || method === 'DELETE' ? undefined : fields;
        await sound(await system.call(method, filled, send, key()), `${name} ${filled}`);
        if (asked.length > 0) await sound(await system.call(method, `${path}?${asked.join('&')}`, send), name);
        // One field at a time, so that each is reached; the others are what they should be.
        for (const field of send === undefined ? [] : fieldsOf(body)) {
          const alone = {
            ...(field !== 'input' && body && fieldsOf(body).includes('input') && { input: 'x' }),
            [field]: text,
          };
          const there = path.replace('/sessions/:id', `/sessions/${session}`);
          await sound(await system.call(method, there, alone, key()), `${name} ${field}`);
        }
      }
      const read = await system.call('GET', `/v1/sessions/${session}`);
      expect(await read.json()).toMatchObject({ id: session });
    },
    60_000,
  );

  test('a title comes back as it was written, to the character', async () => {
    for (const title of injections.filter((text) => text.length <= 200 && !text.includes('\u0000'))) {
      const made = await system.call('POST', '/v1/sessions', { title });
      if (made.status === 400) continue;
      expect(sessionSchema.parse(await made.json()).title).toBe(title);
    }
  });

  test.each(['idempotency-key', 'last-event-id', 'prefer', 'traceparent', 'authorization', 'origin'])(
    'the header %s neither',
    async (name) => {
      for (const text of injections) {
        const value = Buffer.from(text.replace(/[\r\n\0]/g, ' '))
          .toString('latin1')
          .trim();
        await sound(
          await system.call('POST', turns(), { input: 'x' }, { ...key(), [name]: value }),
          `${name} ${value}`,
        );
      }
      const raw = `GET /v1/sessions HTTP/1.1\r\nHost: ${new URL(system.url).host}\r\n${name}: a\0b\r\n\r\n`;
      expect(await statuses(system.url, raw)).toEqual([400]);
    },
  );
});

describe('S1, S3: an id that is guessed opens nothing', () => {
  const open = ['/healthz', '/startupz', '/readyz', '/metrics'];
  const guarded = routes.filter(({ path }) => !open.includes(path));
  test('every guarded call is known to this test', () => expect(guarded.length).toBeGreaterThan(10));

  test.each(guarded.filter(({ path, method }) => path.includes(':id') && method === 'GET'))(
    '$method $path answers 404 to every id that is not the caller’s own',
    async ({ path }) => {
      const ids = [randomUUID(), randomUUID(), session.replace(/.$/, (last) => (last === '0' ? '1' : '0'))];
      for (const id of ids) {
        const response = await system.call('GET', path.replace(':id', id), undefined, { accept: '*/*' });
        expect([path, response.status, problemSchema.parse(await response.json()).code]).toEqual([
          path,
          404,
          'not-found',
        ]);
      }
    },
  );

  test.each(guarded)('$method $path answers 401 without a key, whatever is asked', async ({ method, path }) => {
    const url = `${system.url}${path.replace(/:\w+/g, randomUUID())}`;
    const bare = await fetch(url, { method });
    const wrong = await fetch(url, { method, headers: { authorization: `Bearer ${system.key.slice(0, -1)}` } });
    const inUrl = await fetch(`${url}?access_token=${system.key}&key=${system.key}`, { method });
    expect([bare.status, wrong.status, inUrl.status]).toEqual([401, 401, 401]);
  });
});

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
    const response = await system.call('POST', turns(), body, key());
    expect([response.status, problemSchema.parse(await response.json()).status]).toEqual([status, status]);
  });

  test('compressed bodies are refused before they are unpacked, under every name of a packing', async () => {
    const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024));
    for (const encoding of ['gzip', 'deflate', 'br', 'zstd', 'x', 'gzip, gzip', 'identity, gzip']) {
      const response = await fetch(`${system.url}${turns()}`, {
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
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${gateway}/status`, 'utf8'))?.[1]) / 1024;
    const body = JSON.stringify({ input: 'x', arguments: { text: 'x'.repeat(bodyBytesMax - 1_000) }, no: 1 });
    const flood = async (count: number): Promise<void> => {
      for (let index = 0; index < count; index += 10) {
        const all = Array.from({ length: 10 }, () => system.call('POST', turns(), body, key()));
        for (const { status } of await Promise.all(all)) expect(status).toBe(400);
      }
    };
    await flood(50);
    const before = rss();
    await flood(200);
    expect(rss() - before).toBeLessThan(100);
  }, 60_000);
});

describe('S11: a path in an input leads nowhere but into the workspace', () => {
  const outside = [
    '../admin.key',
    '../secrets/gateway.seed',
    'notes/../../admin.key',
    '/etc/passwd',
    '//etc/passwd',
    '/proc/self/environ',
    './././../admin.key',
    '..\\admin.key',
    '．．／admin.key',
    '%2e%2e/admin.key',
    '..%2fadmin.key',
    'file:///etc/passwd',
    '~/.ssh/id_rsa',
    '$HOME/.ssh/id_rsa',
    '\u202e../admin.key',
  ];
  test.each(outside)('%j', async (path) => {
    const headers = { ...key(), prefer: 'wait=30' };
    const response = await system.call('POST', '/v1/skills/read-file/invoke', { input: { path } }, headers);
    const turn = turnSchema.parse(await response.json());
    expect(turn.state).toBe('failed');
    expect(JSON.stringify(turn)).not.toMatch(/root:|sb_[0-9a-f]|-----BEGIN|SU[A-Z2-7]{20}/);
  });
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
      fetch(`${system.url}/v1/sessions/${session}/events`, {
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
        const { status } = await fetch(`${system.url}/v1/sessions/${session}/events`, {
          headers: { authorization: `Bearer ${system.key}`, accept: 'text/event-stream' },
          signal: again.signal,
        });
        again.abort();
        return status;
      })
      .toBe(200);
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
