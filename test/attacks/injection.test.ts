// What is written into a call is a value: it changes no query, no header, no path, and opens nothing of another's.
import { randomUUID } from 'node:crypto';
import { httpRoutes, problemSchema, type RouteFact, sessionSchema, turnSchema } from '@switchboard/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type AttackedSystem, attackedSystem, freshKey } from './attacked-system.ts';
import { statuses } from './raw-http.ts';

let system: AttackedSystem;
beforeAll(async () => {
  system = await attackedSystem();
});
afterAll(() => system?.close());

const routes = Object.entries<RouteFact>(httpRoutes).map(([name, fact]) => ({ name, ...fact }));

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
  // What is told of a refusal; a list of skills may well speak of PostgreSQL.
  if (!response.ok) expect(text, about).not.toMatch(/syntax error|relation "|pg_|postgres|\bat \S+ \(|node_modules/i);
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
        await sound(await system.call(method, filled, send, freshKey()), `${name} ${filled}`);
        if (asked.length > 0) await sound(await system.call(method, `${path}?${asked.join('&')}`, send), name);
        // One field at a time, so that each is reached; the others are what they should be.
        for (const field of send === undefined ? [] : fieldsOf(body)) {
          const alone = {
            ...(field !== 'input' && body && fieldsOf(body).includes('input') && { input: 'x' }),
            [field]: text,
          };
          const there = path.replace('/sessions/:id', `/sessions/${system.session}`);
          await sound(await system.call(method, there, alone, freshKey()), `${name} ${field}`);
        }
      }
      const read = await system.call('GET', `/v1/sessions/${system.session}`);
      expect(await read.json()).toMatchObject({ id: system.session });
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
          await system.call('POST', system.turns, { input: 'x' }, { ...freshKey(), [name]: value }),
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
      const ids = [randomUUID(), randomUUID(), system.session.replace(/.$/, (last) => (last === '0' ? '1' : '0'))];
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
    const headers = { ...freshKey(), prefer: 'wait=30' };
    const response = await system.call('POST', '/v1/skills/read-file/invoke', { input: { path } }, headers);
    const turn = turnSchema.parse(await response.json());
    expect(turn.state).toBe('failed');
    expect(JSON.stringify(turn)).not.toMatch(/root:|sb_[0-9a-f]|-----BEGIN|SU[A-Z2-7]{20}/);
  });
});
