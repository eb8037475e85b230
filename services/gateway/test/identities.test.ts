// Addresses: linked by a code that came from there, once and in time; whoever is not known sets nothing going.
import { randomUUID } from 'node:crypto';
import type { InboundReply } from '@switchboard/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { actsOn, callerWith, makeKey, makePrincipal, outcome } from './callers.ts';
import { agentName, type Stage, stage } from './fixture.ts';

/** What is told to the audit is sealed a moment after. */
const patient = { timeout: 10_000 };

let on: Stage;
beforeAll(async () => {
  on = await stage();
});
afterAll(() => on?.close());

type Call = Stage['call'];
interface Begun {
  readonly id: string;
  readonly code: string;
  readonly state: string;
}

async function begin(address: string, call: Call = on.call): Promise<Begun> {
  const response = await call('POST', '/v1/identities', { channel: 'mail', address });
  expect(response.status).toBe(201);
  return (await response.json()) as Begun;
}

function send(
  address: string,
  text: string,
  more: { authenticated?: boolean; channel?: string } = {},
): Promise<InboundReply> {
  const { channel = 'mail', authenticated = true } = more;
  const receivedAt = new Date().toISOString();
  const message = { v: 1, messageId: randomUUID(), thread: 'links', receivedAt, address, authenticated, text } as const;
  return on.agent.bus.request('inbound', { agent: agentName, channel }, message, {
    replier: 'gateway',
    timeoutMs: 5_000,
  });
}

async function stateOf(id: string, call: Call = on.call): Promise<string | undefined> {
  const { identities } = (await (await call('GET', '/v1/identities')).json()) as {
    identities: { id: string; state: string }[];
  };
  return identities.find((identity) => identity.id === id)?.state;
}

async function somebody(): Promise<Call> {
  const { key } = await makeKey(on, ['sessions', 'identities'], { principalId: await makePrincipal(on) });
  return callerWith(on, key);
}

const fresh = (): string => `${randomUUID().slice(0, 8)}@example.org`;

test('the code from the address links it, and the same message again says so again', async () => {
  const address = fresh();
  const { id, code, state } = await begin(address.toUpperCase());
  expect([code, state]).toEqual([expect.stringMatching(/^[0-9A-Z]{5}-[0-9A-Z]{5}$/), 'pending']);
  const text = `Hello,\n> my code: ${code.toLowerCase()}.\nThanks`;
  expect(await send(address, text)).toMatchObject({ outcome: 'linked' });
  expect(await stateOf(id)).toBe('linked');
  expect(await send(address, text)).toMatchObject({ outcome: 'linked' });
  expect(await send(address, 'hello')).toMatchObject({ outcome: 'accepted' });
  await expect
    .poll(async () => (await actsOn(on, id)).map((act) => act.action), patient)
    .toEqual(['identity-link-begun', 'identity-linked']);
});

test('unlinked, the address means nobody, its code links nothing, and it can be linked anew', async () => {
  const address = fresh();
  const { id, code } = await begin(address);
  await send(address, code);
  expect((await on.call('DELETE', `/v1/identities/${id}`)).status).toBe(200);
  expect((await on.call('DELETE', `/v1/identities/${id}`)).status).toBe(200);
  expect(await stateOf(id)).toBe('unlinked');
  expect(await send(address, 'hello')).toMatchObject({ outcome: 'unknown' });
  expect(await send(address, code)).toMatchObject({ outcome: 'refused' });
  expect(await send(address, (await begin(address)).code)).toMatchObject({ outcome: 'linked' });
  await expect
    .poll(async () => (await actsOn(on, id)).map((act) => act.action), patient)
    .toEqual(['identity-link-begun', 'identity-linked', 'identity-unlinked']);
});

test('the code from another address, or over another channel, links nothing', async () => {
  const address = fresh();
  const { id, code } = await begin(address);
  expect(await send(fresh(), code)).toMatchObject({ outcome: 'refused' });
  expect(await send(address, code, { channel: 'chat' })).toMatchObject({ outcome: 'refused' });
  expect(await stateOf(id)).toBe('pending');
});

test('a sender that the channel does not vouch for proves nothing, and uses up no attempt', async () => {
  const address = fresh();
  const { id, code } = await begin(address);
  for (let index = 0; index < 10; index++) {
    expect(await send(address, '00000-00000', { authenticated: false })).toMatchObject({ outcome: 'unknown' });
  }
  expect(await send(address, code, { authenticated: false })).toMatchObject({ outcome: 'unknown' });
  expect(await stateOf(id)).toBe('pending');
  expect(await send(address, code)).toMatchObject({ outcome: 'linked' });
});

test('the fifth wrong code ends what is pending: the right one comes too late', async () => {
  const address = fresh();
  const { id, code } = await begin(address);
  for (let index = 0; index < 5; index++) {
    expect(await send(address, `0000${index}-00000`)).toMatchObject({ outcome: 'refused' });
  }
  expect(await send(address, code)).toMatchObject({ outcome: 'refused' });
  expect(await stateOf(id)).toBe('unlinked');
});

test('an address is one principal’s: the second to prove it is refused, whoever began first', async () => {
  const address = fresh();
  const [first, second] = [await somebody(), await somebody()];
  const [one, two] = [await begin(address, first), await begin(address, second)];
  expect(await send(address, two.code)).toMatchObject({ outcome: 'linked' });
  expect(await send(address, one.code)).toMatchObject({ outcome: 'refused' });
  expect([await stateOf(one.id, first), await stateOf(two.id, second)]).toEqual(['unlinked', 'linked']);
});

test('two codes for one address at once link it once', async () => {
  const address = fresh();
  const calls = await Promise.all([somebody(), somebody(), somebody()]);
  const begun = await Promise.all(calls.map((call) => begin(address, call)));
  const replies = await Promise.all(begun.map(({ code }) => send(address, code)));
  expect(replies.map(({ outcome: is }) => is).sort()).toEqual(['linked', 'refused', 'refused']);
});

test('a new code takes the place of the old one', async () => {
  const address = fresh();
  const old = await begin(address);
  const { code } = await begin(address);
  expect(await send(address, old.code)).toMatchObject({ outcome: 'refused' });
  expect(await send(address, code)).toMatchObject({ outcome: 'linked' });
});

test('so many may be pending, and no more', async () => {
  const call = await somebody();
  for (let index = 0; index < 10; index++) await begin(fresh(), call);
  expect(await outcome(await call('POST', '/v1/identities', { channel: 'mail', address: fresh() }))).toEqual([
    409,
    'conflict',
  ]);
});

test('another’s identity is 404, and stays; an admin sees and unlinks it', async () => {
  const [owner, stranger] = [await somebody(), await somebody()];
  const { id } = await begin(fresh(), owner);
  expect(await outcome(await stranger('DELETE', `/v1/identities/${id}`))).toEqual([404, 'not-found']);
  expect(await stateOf(id, stranger)).toBeUndefined();
  expect(await stateOf(id, owner)).toBe('pending');
  expect((await on.call('DELETE', `/v1/identities/${id}`)).status).toBe(200);
  expect(await stateOf(id, owner)).toBe('unlinked');
});

test('whoever is not known is answered, and nothing comes of what they say', async () => {
  const kept = async (): Promise<string[]> =>
    Promise.all(
      ['sessions', 'identities', 'principals', 'keys'].map(async (what) =>
        (await on.call('GET', `/v1/${what}`)).text(),
      ),
    );
  const before = await kept();
  const reply = await send(fresh(), 'delete everything in notes');
  expect(reply).toEqual({ v: 1, outcome: 'unknown', text: expect.stringContaining('nothing was done') });
  expect(await kept()).toEqual(before);
});

test('of a flood some messages are looked into, and the others refused until it is over', async () => {
  const address = fresh();
  const flood = await Promise.allSettled(Array.from({ length: 200 }, () => send(address, 'hello')));
  const refused = flood.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  expect(refused.length).toBeGreaterThan(0);
  expect(refused.length).toBeLessThan(flood.length);
  for (const error of refused) expect(error).toMatchObject({ kind: 'refused', info: { code: 'overloaded' } });
  expect(await send(address, (await begin(address)).code)).toMatchObject({ outcome: 'linked' });
});

test.each(["a'; DROP TABLE identities; --", '$1', '%', '\\', 'a\r\nBcc: evil@example.org'])(
  'a sender that is %j is nobody',
  async (address) => {
    expect(await send(address, 'AAAAA-AAAAA')).toMatchObject({ outcome: 'refused' });
    expect(await send(address, 'hello')).toMatchObject({ outcome: 'unknown' });
  },
);
