// Keys and principals over HTTP: made within what one has, shown once, ended at once, and told to the audit.
import { randomUUID } from 'node:crypto';
import { scopes } from '@switchboard/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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

test('a key is shown once, opens what it is for, and is on the audit without its secret', async () => {
  const made = await makeKey(on, ['sessions'], { title: 'kitchen' });
  expect(made.key).toMatch(/^sb_[0-9a-f]{16}_[A-Za-z0-9_-]{43}$/);
  expect(await sessionsWith(made.key)).toBe(200);
  const listed = await (await on.call('GET', '/v1/keys')).text();
  expect(listed).toContain('kitchen');
  expect(listed).not.toContain(made.key);
  await expect.poll(() => actsOn(on, made.id), patient).toMatchObject([{ actor: 'owner', action: 'key-made' }]);
  expect(JSON.stringify(await actsOn(on, made.id))).not.toContain(made.key.split('_')[2]);
});

test('a revoked key is refused with the very next call, also where it has just worked', async () => {
  const { id, key } = await makeKey(on, ['sessions']);
  expect(await sessionsWith(key)).toBe(200);
  expect((await on.call('DELETE', `/v1/keys/${id}`)).status).toBe(200);
  expect(await sessionsWith(key)).toBe(401);
  expect((await on.call('POST', `/v1/keys/${id}/rotate`, {})).status).toBe(409);
  // Again changes nothing, and tells nothing.
  expect((await on.call('DELETE', `/v1/keys/${id}`)).status).toBe(200);
  await expect
    .poll(async () => (await actsOn(on, id)).map((act) => act.action), patient)
    .toEqual(['key-made', 'key-revoked']);
});

test('a stream of events ends within a second of its key', async () => {
  const { id, key } = await makeKey(on, ['sessions']);
  const call = callerWith(on, key);
  const session = ((await (await call('POST', '/v1/sessions', {})).json()) as { id: string }).id;
  const stream = await call('GET', `/v1/sessions/${session}/events`);
  const ended = (async () => {
    for await (const _ of stream.body ?? []);
    return performance.now();
  })();
  const revoked = performance.now();
  await on.call('DELETE', `/v1/keys/${id}`);
  expect((await ended) - revoked).toBeLessThan(1_000);
});

test('a stream that was opened with the old secret of a rotated key ends, and one with the new secret goes on', async () => {
  const made = await makeKey(on, ['sessions']);
  const path = '/v1/sessions';
  const session = ((await (await callerWith(on, made.key)('POST', path, {})).json()) as { id: string }).id;
  const follow = async (key: string) => {
    const response = await callerWith(on, key)('GET', `${path}/${session}/events`);
    let over = false;
    const ended = (async () => {
      for await (const _ of response.body ?? []);
      over = true;
    })();
    return { ended, over: () => over };
  };
  const old = await follow(made.key);
  const { key } = (await (await on.call('POST', `/v1/keys/${made.id}/rotate`, {})).json()) as { key: string };
  const fresh = await follow(key);
  await old.ended;
  expect(fresh.over()).toBe(false);
  await on.call('DELETE', `/v1/keys/${made.id}`);
  await fresh.ended;
});

test('a wait for an answer ends without it when its key ends', async () => {
  const { id, key } = await makeKey(on, ['sessions']);
  const call = callerWith(on, key);
  const session = ((await (await call('POST', '/v1/sessions', {})).json()) as { id: string }).id;
  // Nobody routes here: it would wait for its three seconds.
  const said = call(
    'POST',
    `/v1/sessions/${session}/turns`,
    { input: 'x' },
    { 'idempotency-key': 'a', prefer: 'wait=3' },
  );
  await on.call('DELETE', `/v1/keys/${id}`);
  expect((await said).status).toBe(401);
});

test('a rotated key has a new secret; the old one ends at once, or when its grace is over', async () => {
  const made = await makeKey(on, ['sessions']);
  const rotate = async (graceSeconds?: number) => {
    const response = await on.call(
      'POST',
      `/v1/keys/${made.id}/rotate`,
      graceSeconds === undefined ? {} : { graceSeconds },
    );
    return (await response.json()) as { id: string; key: string; graceUntil?: string };
  };
  const second = await rotate();
  expect(second.id).toBe(made.id);
  expect([await sessionsWith(made.key), await sessionsWith(second.key)]).toEqual([401, 200]);
  const third = await rotate(2);
  expect(third.graceUntil).toBeDefined();
  expect([await sessionsWith(second.key), await sessionsWith(third.key)]).toEqual([200, 200]);
  await expect.poll(() => sessionsWith(second.key), { timeout: 5_000 }).toBe(401);
  expect(await sessionsWith(third.key)).toBe(200);
  // A key that is revoked takes its grace with it.
  const fourth = await rotate(60);
  await on.call('DELETE', `/v1/keys/${made.id}`);
  expect([await sessionsWith(third.key), await sessionsWith(fourth.key)]).toEqual([401, 401]);
});

test('a key ends with its time', async () => {
  const { key, expiresAt } = await makeKey(on, ['sessions'], { expiresInSeconds: 1 });
  expect(expiresAt).toBeDefined();
  await expect.poll(() => sessionsWith(key), { timeout: 5_000 }).toBe(401);
});

describe('nobody gives what they do not have', () => {
  test.each([
    [['sessions', 'keys'], ['approve']],
    [['sessions', 'keys'], ['admin']],
    [['skill:read-file', 'keys'], ['sessions']],
    [
      ['skill:read-file', 'keys'],
      ['skill:read-file', 'skill:write-file'],
    ],
    [['keys'], ['skill:read-file']],
  ] as const)('a key with %j makes none with %j', async (held, wanted) => {
    const call = callerWith(on, (await makeKey(on, held)).key);
    expect(await outcome(await call('POST', '/v1/keys', { title: 'x', scopes: wanted }))).toEqual([403, 'forbidden']);
  });

  test('scopes that a client claims to have change nothing', async () => {
    const { key } = await makeKey(on, ['sessions']);
    const claims = {
      scope: 'admin',
      scopes: 'admin',
      'x-scopes': 'admin',
      'x-principal': 'owner',
      'x-forwarded-user': 'owner',
    };
    const call = callerWith(on, key);
    expect((await call('GET', '/v1/principals', undefined, claims)).status).toBe(403);
    expect((await call('GET', '/v1/principals?scope=admin', undefined, claims)).status).toBe(403);
    expect((await call('POST', '/v1/sessions', { title: 'x', scopes: ['admin'] })).status).toBe(400);
  });

  test('a key neither rotates nor revokes one that can do more, and sees only its own principal’s', async () => {
    const strong = await makeKey(on, scopes);
    const weak = callerWith(on, (await makeKey(on, ['sessions', 'keys'])).key);
    expect(await outcome(await weak('POST', `/v1/keys/${strong.id}/rotate`, {}))).toEqual([403, 'forbidden']);
    expect(await outcome(await weak('DELETE', `/v1/keys/${strong.id}`))).toEqual([403, 'forbidden']);
    expect(await sessionsWith(strong.key)).toBe(200);
    const principalId = await makePrincipal(on);
    const theirs = await makeKey(on, ['sessions'], { principalId });
    const { keys } = (await (await weak('GET', '/v1/keys?limit=200')).json()) as { keys: { id: string }[] };
    expect(keys.map((key) => key.id)).toContain(strong.id);
    expect(keys.map((key) => key.id)).not.toContain(theirs.id);
    expect(await outcome(await weak('POST', '/v1/keys', { title: 'x', scopes: ['sessions'], principalId }))).toEqual([
      404,
      'not-found',
    ]);
  });

  test('what a key made ends with it, all the way down, and never outlives it', async () => {
    const first = await makeKey(on, ['sessions', 'keys'], { expiresInSeconds: 3_600 });
    const second = await makeKey(on, ['sessions', 'keys'], { expiresInSeconds: 86_400 }, callerWith(on, first.key));
    const third = await makeKey(on, ['sessions'], {}, callerWith(on, second.key));
    expect([second.expiresAt, third.expiresAt]).toEqual([first.expiresAt, first.expiresAt]);
    expect([second.madeWith, third.madeWith]).toEqual([first.id, second.id]);
    expect(await sessionsWith(third.key)).toBe(200);
    await on.call('DELETE', `/v1/keys/${first.id}`);
    expect([await sessionsWith(second.key), await sessionsWith(third.key)]).toEqual([401, 401]);
  });

  test('a key gets no secret that would outlive it: it rotates itself and what was made with it', async () => {
    const parent = await makeKey(on, ['sessions', 'keys']);
    const own = callerWith(on, parent.key);
    const brief = await makeKey(on, ['sessions', 'keys'], { expiresInSeconds: 3_600 }, own);
    const sibling = await makeKey(on, ['sessions'], {}, own);
    const rotate = (id: string, call: typeof own) => call('POST', `/v1/keys/${id}/rotate`, { graceSeconds: 3_600 });
    for (const { id } of [parent, sibling]) {
      expect(await outcome(await rotate(id, callerWith(on, brief.key)))).toEqual([403, 'forbidden']);
    }
    expect((await rotate(sibling.id, own)).status).toBe(200);
    const itself = await rotate(brief.id, callerWith(on, brief.key));
    expect(await itself.json()).toMatchObject({ id: brief.id, madeWith: parent.id, expiresAt: brief.expiresAt });
  });

  test('no key slips through while the one it is made with is being revoked', async () => {
    const { id, key } = await makeKey(on, ['sessions', 'keys']);
    const call = callerWith(on, key);
    const making = Array.from({ length: 10 }, () => call('POST', '/v1/keys', { title: 'x', scopes: ['sessions'] }));
    await on.call('DELETE', `/v1/keys/${id}`);
    for (const response of await Promise.all(making)) {
      if (response.status !== 201) continue;
      expect(await sessionsWith(((await response.json()) as { key: string }).key)).toBe(401);
    }
  });
});

test('a disabled principal is out at once and in again with the keys they had; nobody disables themselves', async () => {
  const principalId = await makePrincipal(on);
  const { key } = await makeKey(on, ['sessions', 'admin'], { principalId });
  expect(await outcome(await callerWith(on, key)('POST', `/v1/principals/${principalId}/disable`))).toEqual([
    409,
    'conflict',
  ]);
  await on.call('POST', `/v1/principals/${principalId}/disable`);
  expect(await sessionsWith(key)).toBe(401);
  expect(await outcome(await on.call('POST', '/v1/keys', { title: 'x', scopes: ['sessions'], principalId }))).toEqual([
    404,
    'not-found',
  ]);
  await on.call('POST', `/v1/principals/${principalId}/enable`);
  expect(await sessionsWith(key)).toBe(200);
  await expect
    .poll(async () => (await actsOn(on, principalId)).map((act) => act.action), patient)
    .toEqual(['principal-made', 'principal-disabled', 'principal-enabled']);
});

test('a name is one principal’s', async () => {
  const name = `n${randomUUID().slice(0, 8)}`;
  await makePrincipal(on, name);
  expect(await outcome(await on.call('POST', '/v1/principals', { name, kind: 'service' }))).toEqual([409, 'conflict']);
});
