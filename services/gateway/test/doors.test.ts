// The doors before every call: what is only a string, whose pages may ask, how often, and from which machines.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { scopes, sha256 } from '@switchboard/contract';
import { openStore } from '@switchboard/store';
import { freshDatabase } from '@switchboard/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readGatewayConfig } from '../src/config.ts';
import { requirePrivate } from '../src/identity/require-private.ts';
import { actsOn, callerWith, makeKey, makePrincipal, outcome } from './callers.ts';
import { type Stage, stage } from './fixture.ts';

/** What is told to the audit is sealed a moment after. */
const patient = { timeout: 10_000 };

let on: Stage;
beforeAll(async () => {
  on = await stage({ WRONG_KEYS_PER_MINUTE_MAX: '100000' });
});
afterAll(() => on?.close());

const sessionsWith = async (key: string): Promise<number> => (await callerWith(on, key)('GET', '/v1/sessions')).status;

describe('every string of these calls is only a string', () => {
  const nasty = [
    "'; DROP TABLE api_keys; --",
    "' OR '1'='1",
    "x') RETURNING (SELECT hash FROM api_keys LIMIT 1) --",
    '{{7*7}}',
    '$1',
    '%00',
    '\\',
    '../../etc/passwd',
    '<script>alert(1)</script>',
    '{"$ne": null}',
  ];
  const split = ['a\r\nX-Injected: yes', 'a\nb', 'a\u0000b', '\u2028'];

  test.each(nasty)('%j', async (text) => {
    const made = await makeKey(on, ['sessions'], { title: text });
    expect(made.title).toBe(text);
    const linked = await on.call('POST', '/v1/identities', { channel: 'mail', address: text });
    expect([linked.status, ((await linked.json()) as { address: string }).address]).toEqual([
      201,
      text.includes('@') ? text.toLowerCase() : text,
    ]);
    const inPath = encodeURIComponent(text);
    for (const path of [`/v1/keys/${inPath}`, `/v1/identities/${inPath}`]) {
      expect([400, 404]).toContain((await on.call('DELETE', path)).status);
    }
    expect((await on.call('POST', '/v1/principals', { name: text, kind: 'person' })).status).toBe(400);
    expect((await on.call('POST', '/v1/keys', { title: 'x', scopes: [text] })).status).toBe(400);
    expect((await on.call('POST', '/v1/keys', { title: 'x', scopes: [`skill:${text}`] })).status).toBe(400);
    expect((await on.call('POST', '/v1/keys', { title: 'x', scopes: ['sessions'], principalId: text })).status).toBe(
      400,
    );
    expect((await on.call('GET', `/v1/keys?before=${inPath}`)).status).toBe(400);
    expect((await on.call('GET', `/v1/principals?before=${inPath}`)).status).toBe(400);
    expect(await sessionsWith(made.key)).toBe(200);
  });

  test.each(split)('%j is no line', async (text) => {
    expect((await on.call('POST', '/v1/keys', { title: text, scopes: ['sessions'] })).status).toBe(400);
    expect((await on.call('POST', '/v1/identities', { channel: 'mail', address: text })).status).toBe(400);
  });

  test.each(['Bearer ', 'Bearer a b', 'Basic c2I6c2I=', `Bearer ${'x'.repeat(300)}`, "Bearer sb_x_' OR 1=1", 'bearer'])(
    'a header that is %j is 401',
    async (authorization) => {
      const response = await fetch(`${on.url}/v1/sessions`, { headers: { authorization } });
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toBe('Bearer');
    },
  );

  test('a key in the address is no key', async () => {
    const { key } = await makeKey(on, scopes);
    const response = await fetch(`${on.url}/v1/sessions?access_token=${key}&key=${key}`);
    expect(response.status).toBe(401);
  });
});

test('a good key does not make up for a strange host or origin', async () => {
  const { key } = await makeKey(on, scopes);
  const { hostname, port } = new URL(on.url);
  // `fetch` does not let a test set the Host header.
  const status = async (headers: Record<string, string>): Promise<number | undefined> => {
    const asked = get({ hostname, port, path: '/v1/agents', headers: { authorization: `Bearer ${key}`, ...headers } });
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    response.resume();
    return response.statusCode;
  };
  const host = `localhost:${port}`;
  expect(await status({ host })).toBe(200);
  expect(await status({ host: 'evil.example' })).toBe(403);
  expect(await status({ host, origin: 'http://evil.example' })).toBe(403);
  expect(await status({ host, origin: 'null' })).toBe(403);
});

describe('lockout and limits', () => {
  test('the eleventh wrong key is answered with when to come back, where a key has worked it still does, and the audit knows', async () => {
    const own = await stage();
    try {
      const wrong = () =>
        fetch(`${own.url}/v1/sessions`, { headers: { authorization: `Bearer sb_x_${'a'.repeat(43)}` } });
      const fresh = await makeKey(own, ['sessions']);
      const statuses: number[] = [];
      for (let index = 0; index < 12; index++) statuses.push((await wrong()).status);
      expect(statuses).toEqual([...Array.from({ length: 11 }, () => 401), 429]);
      const locked = await wrong();
      expect(Number(locked.headers.get('retry-after'))).toBeLessThanOrEqual(5);
      expect(await outcome(locked)).toEqual([429, 'locked-out']);
      expect((await callerWith(own, fresh.key)('GET', '/v1/sessions')).status).toBe(429);
      expect((await own.call('GET', '/v1/sessions')).status).toBe(200);
      await expect
        .poll(async () => (await callerWith(own, fresh.key)('GET', '/v1/sessions')).status, { timeout: 8_000 })
        .toBe(200);
      await expect
        .poll(async () => (await actsOn(own, null)).map((act) => act.action), patient)
        .toContain('locked-out');
    } finally {
      await own.close();
    }
  });

  test('one principal’s calls are counted together, and another’s not with them', async () => {
    const own = await stage({ REQUESTS_PER_MINUTE_MAX: '20' });
    try {
      const principalId = await makePrincipal(own);
      const keys = await Promise.all([
        makeKey(own, ['sessions'], { principalId }),
        makeKey(own, ['sessions'], { principalId }),
      ]);
      const statuses: number[] = [];
      for (let index = 0; index < 21; index++) {
        const { key = '' } = keys[index % 2] ?? {};
        statuses.push((await callerWith(own, key)('GET', '/v1/sessions')).status);
      }
      expect(statuses).toEqual([...Array.from({ length: 20 }, () => 200), 429]);
      const refused = await callerWith(own, keys[0].key)('GET', '/v1/sessions');
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(await outcome(refused)).toEqual([429, 'rate-limited']);
      expect((await own.call('GET', '/v1/sessions')).status).toBe(200);
    } finally {
      await own.close();
    }
  });
});

describe('an address that others can reach', () => {
  test('is not listened on while the owner’s is the only key, and then is', async () => {
    const database = await freshDatabase();
    const store = openStore({ ...database.roles, connectionsMax: 1 });
    try {
      const open = { HOST: '0.0.0.0', PUBLISHED_ON_LOOPBACK: false };
      await expect(requirePrivate(open, store.keys)).rejects.toThrow(
        /^HOST: 0\.0\.0\.0 can be reached from other machines/,
      );
      const principal = { id: randomUUID(), name: 'owner' };
      await store.keys.ensure({ id: 'owner', hash: sha256('a'), scopes, principal });
      await expect(requirePrivate(open, store.keys)).rejects.toThrow('npm run keys -- create');
      await requirePrivate({ HOST: '127.0.0.1', PUBLISHED_ON_LOOPBACK: false }, store.keys);
      await requirePrivate({ HOST: '0.0.0.0', PUBLISHED_ON_LOOPBACK: true }, store.keys);
      const key = {
        id: 'kitchen',
        hash: sha256('b'),
        title: 'kitchen',
        principalId: principal.id,
        scopes: ['sessions'],
      } as const;
      await store.keys.make(key, 'owner');
      await requirePrivate(open, store.keys);
      await store.keys.revoke('kitchen', 'owner');
      await expect(requirePrivate(open, store.keys)).rejects.toThrow('HOST');
    } finally {
      await store.close();
      await database.drop();
    }
  });

  test('is asked for: this machine alone is the default', () => {
    const { HOST } = readGatewayConfig({
      DATABASE_URL: 'postgres://x/x',
      WORK_DATABASE_URL: 'postgres://x/x',
      NATS_URL: 'nats://x',
      BUS_SEED: 'x',
      SIGNING_KEY: 'x',
    });
    expect(HOST).toBe('127.0.0.1');
  });
});
