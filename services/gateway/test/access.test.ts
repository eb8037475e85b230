// Every call of the API with every kind of key: one rule says which is 401, which 403 and which 404.
import { randomUUID } from 'node:crypto';
import { httpRoutes, opens, type RouteFact, type Scope, scopes } from '@switchboard/contract';
import { mintKey } from '@switchboard/store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { callerWith, makeKey, makePrincipal, outcome } from './callers.ts';
import { type Stage, skillDocument, stage } from './fixture.ts';

let on: Stage;
let strangers: string;
/** Things of the owner, by the path that leads to them. */
const things = new Map<string, string>();

beforeAll(async () => {
  on = await stage({ WRONG_KEYS_PER_MINUTE_MAX: '100000' });
  on.router.respond('route', async ({ message }) => on.planFor(skillDocument('look', 'safe'))(message.text));
  on.agent.arrive([skillDocument('look', 'safe')]);
  const session = await on.session();
  const said = await on.call(
    'POST',
    `/v1/sessions/${session}/turns`,
    { input: 'x' },
    { 'idempotency-key': randomUUID() },
  );
  const { id: turn } = (await said.json()) as { id: string };
  const begun = await on.call('POST', '/v1/identities', { channel: 'mail', address: 'ann@example.org' });
  const { id: identity } = (await begun.json()) as { id: string };
  for (const [prefix, id] of Object.entries({
    '/v1/sessions/': session,
    '/v1/turns/': turn,
    '/v1/dead-letters/': turn,
    '/v1/artifacts/': randomUUID(),
    '/v1/approvals/': randomUUID(),
    '/v1/keys/': (await makeKey(on, ['sessions'])).id,
    '/v1/principals/': await makePrincipal(on),
    '/v1/identities/': identity,
    '/v1/skills/': 'look',
  })) {
    things.set(prefix, id);
  }
  strangers = await makePrincipal(on);
});
afterAll(() => on?.close());

/** Bodies that fit: what is asked for here is who may call, not what with. */
const bodies: Readonly<Record<string, unknown>> = {
  createTurn: { input: 'x' },
  answerTurn: { text: 'x' },
  answerApproval: { approve: false },
  invokeSkill: { input: { text: 'x' } },
  explainRoute: { input: 'x' },
  createKey: { title: 'x', scopes: ['sessions'] },
  linkIdentity: { channel: 'mail', address: 'bob@example.org' },
};

const routes = Object.entries<RouteFact>(httpRoutes);
const guarded = routes.filter(([, { scopes: asked }]) => asked !== 'open');

function request(name: string, { method, path }: RouteFact): [string, string, unknown, Record<string, string>] {
  const [prefix = ''] = path.split(':');
  const query = name === 'listStrays' ? '?source=act' : '';
  const body =
    method === 'POST'
      ? (bodies[name] ?? (name === 'createPrincipal' ? { name: `n${randomUUID()}`, kind: 'service' } : {}))
      : undefined;
  return [
    method,
    `${path.replace(/:\w+/, things.get(prefix) ?? '')}${query}`,
    body,
    { 'idempotency-key': randomUUID() },
  ];
}

test('every path that names a thing is tried with one that there is', () => {
  for (const [, { path }] of routes.filter(([, { path }]) => path.includes(':'))) {
    expect([path, things.has(path.split(':')[0] ?? '')]).toEqual([path, true]);
  }
});

describe('401: no key, or one that opens nothing', () => {
  const useless = {
    none: async () => undefined,
    'no key at all': async () => 'hello',
    'one that was never made': async () => mintKey().key,
    'the id of one with another secret': async () => mintKey((await makeKey(on, scopes)).id).key,
    'one that has expired': async () => {
      const { key } = await makeKey(on, scopes, { expiresInSeconds: 1 });
      await expect
        .poll(async () => (await callerWith(on, key)('GET', '/v1/agents')).status, { timeout: 5_000 })
        .toBe(401);
      return key;
    },
    'one that was revoked': async () => {
      const { id, key } = await makeKey(on, scopes);
      await on.call('DELETE', `/v1/keys/${id}`);
      return key;
    },
    'the secret before the last rotation': async () => {
      const { id, key } = await makeKey(on, scopes);
      await on.call('POST', `/v1/keys/${id}/rotate`, {});
      return key;
    },
    'one of a disabled principal': async () => {
      const principalId = await makePrincipal(on);
      const { key } = await makeKey(on, scopes, { principalId });
      await on.call('POST', `/v1/principals/${principalId}/disable`);
      return key;
    },
  };

  test.each(Object.entries(useless))('%s', async (_, make) => {
    const call = callerWith(on, await make());
    for (const [name, fact] of guarded) {
      expect([name, ...(await outcome(await call(...request(name, fact))))]).toEqual([name, 401, 'unauthenticated']);
    }
  });
});

describe('403: a good key that the call is not for, whatever it is about', () => {
  const kinds: readonly Scope[] = [...scopes, 'skill:look'];

  test.each(kinds)('a key with %s alone', async (scope) => {
    const call = callerWith(on, (await makeKey(on, [scope], { principalId: strangers })).key);
    for (const [name, fact] of guarded) {
      if (fact.scopes === 'open' || opens([scope], fact.scopes)) continue;
      expect([name, ...(await outcome(await call(...request(name, fact))))]).toEqual([name, 403, 'forbidden']);
    }
  });
});

describe('404: what is another’s is as if it were not there', () => {
  const everything = scopes.filter((scope) => scope !== 'admin');
  // Skills are nobody's.
  const others = guarded.filter(([, { path }]) => path.includes(':') && !path.startsWith('/v1/skills/'));

  test.each(others.filter(([, { scopes: asked }]) => asked !== 'open' && opens(everything, asked)))(
    '%s',
    async (name, fact) => {
      const call = callerWith(on, (await makeKey(on, everything, { principalId: strangers })).key);
      const [method, path, body, headers] = request(name, fact);
      const theirs = await outcome(await call(method, path, body, headers));
      const nowhere = path.replace(
        /\/v1\/(\w+|dead-letters)\/[^/]+/,
        (_, kind) => `/v1/${kind}/${kind === 'keys' ? 'abc' : randomUUID()}`,
      );
      expect(theirs).toEqual([404, 'not-found']);
      expect(await outcome(await call(method, nowhere, body, headers))).toEqual(theirs);
    },
  );

  test('and the owner still has it all', async () => {
    for (const [prefix, id] of things) {
      if (!['/v1/sessions/', '/v1/turns/', '/v1/skills/'].includes(prefix)) continue;
      expect((await on.call('GET', `${prefix}${id}`)).status).toBe(200);
    }
    const { keys } = (await (await on.call('GET', '/v1/keys')).json()) as {
      keys: { id: string; revokedAt?: string }[];
    };
    expect(keys.find((key) => key.id === things.get('/v1/keys/'))?.revokedAt).toBeUndefined();
  });
});

test('with the scope that a call asks for, no key is refused for want of one', async () => {
  const call = callerWith(on, (await makeKey(on, scopes, { principalId: await makePrincipal(on) })).key);
  const harmless = guarded.filter(([, { method, path }]) => method === 'GET' && !path.includes(':'));
  for (const [name, fact] of harmless) expect([name, (await call(...request(name, fact))).status]).toEqual([name, 200]);
  expect((await call('GET', `/v1/skills/look`)).status).toBe(200);
});
