// Messages that come in: from a linked address each is a turn, once, and its answer goes back into its thread.
import { randomUUID } from 'node:crypto';
import { waitUntil } from '@switchboard/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { callerWith, makeKey, makePrincipal } from './callers.ts';
import { type ChannelStage, channelStage, freshAddress, messageOf } from './channel-stage.ts';

let on: ChannelStage;
beforeAll(async () => {
  on = await channelStage();
  await on.startAgent();
});
afterAll(() => on?.close());

interface Session {
  readonly id: string;
  readonly title?: string;
}

async function sessions(call = on.call): Promise<Session[]> {
  return ((await (await call('GET', '/v1/sessions?limit=200')).json()) as { sessions: Session[] }).sessions;
}

async function inputsOf(session: string | undefined): Promise<string[]> {
  const read = (await (await on.call('GET', `/v1/sessions/${session}`)).json()) as {
    messages: { role: string; text: string }[];
  };
  return read.messages.filter(({ role }) => role === 'person').map(({ text }) => text);
}

test('a link is confirmed where its proof came from, once', async () => {
  const address = freshAddress();
  const { code } = await on.link(address);
  expect(await on.bring(address, code, { thread: 'links' })).toMatchObject({ outcome: 'linked' });
  await on.bring(address, 'hello');
  const [confirmed, answered, ...more] = await on.received(address, 2);
  expect(confirmed).toMatchObject({ thread: 'links', text: expect.stringContaining('This address is linked now') });
  expect(answered).toMatchObject({ text: 'You said: hello' });
  expect(more).toEqual([]);
});

test('a message is a turn, and its answer goes back into its thread', async () => {
  const address = freshAddress();
  await on.link(address);
  const place = { thread: '<1@example.org>', subject: 'Some words' };
  expect(await on.bring(address.toUpperCase(), '  hello\r\nthere ', place)).toMatchObject({ outcome: 'accepted' });
  await on.bring(address, 'again', place);
  const [, first, second] = await on.received(address, 3);
  expect(first).toEqual({ ...first, ...place, address, text: 'You said: hello\nthere', files: {} });
  expect(second).toMatchObject({ ...place, text: 'You said: again' });

  const [session, ...others] = (await sessions()).filter(({ title }) => title === 'Some words');
  expect(others).toEqual([]);
  expect(await inputsOf(session?.id)).toEqual(['hello\nthere', 'again']);
  await on.bring(address, 'elsewhere', { thread: '<2@example.org>' });
  expect((await on.received(address, 4)).at(-1)).toMatchObject({ thread: '<2@example.org>' });
  expect(await inputsOf(session?.id)).toEqual(['hello\nthere', 'again']);
});

test('a message that is brought many times at once is one turn and one answer, for ever', async () => {
  const address = freshAddress();
  await on.link(address);
  const copy = { messageId: randomUUID(), thread: randomUUID() };
  const bring = () => on.bring(address, 'note this', copy);
  const replies = await Promise.all([bring(), bring(), bring(), bring(), bring()]);
  expect(new Set(replies.map(({ outcome }) => outcome))).toEqual(new Set(['accepted']));
  await on.received(address, 2);
  expect(await bring()).toMatchObject({ outcome: 'accepted' });
  await on.bring(address, 'the last', { thread: copy.thread });
  const texts = (await on.received(address, 3)).map(({ text }) => text);
  expect(texts.slice(1)).toEqual(['Noted: this', 'You said: the last']);
});

test('messages of one thread at the same time are turns of one session', async () => {
  const address = freshAddress();
  await on.link(address);
  const thread = randomUUID();
  const subject = `s${thread.slice(0, 8)}`;
  await Promise.all(['one', 'two', 'three'].map((text) => on.bring(address, text, { thread, subject })));
  await on.received(address, 4);
  expect((await sessions()).filter(({ title }) => title === subject)).toHaveLength(1);
});

test('a conversation whose session was ended goes on in another', async () => {
  const address = freshAddress();
  await on.link(address);
  const place = { thread: randomUUID(), subject: `s${randomUUID().slice(0, 8)}` };
  await on.bring(address, 'before', place);
  await on.received(address, 2);
  const [first] = (await sessions()).filter(({ title }) => title === place.subject);
  expect((await on.call('DELETE', `/v1/sessions/${first?.id}`)).status).toBe(200);
  await on.bring(address, 'after', place);
  await on.received(address, 3);
  const both = (await sessions()).filter(({ title }) => title === place.subject);
  expect(both).toHaveLength(2);
  expect(await inputsOf(first?.id)).toEqual(['before']);
});

test('what is said, and from where, is on the record', async () => {
  const address = freshAddress();
  await on.link(address);
  const subject = `s${randomUUID().slice(0, 8)}`;
  await on.bring(address, 'hello', { subject, thread: subject });
  await on.received(address, 2);
  const [session] = (await sessions()).filter(({ title }) => title === subject);
  const read = async () => {
    await on.call('DELETE', `/v1/sessions/${session?.id}`);
    const text = await (await on.call('GET', `/v1/sessions/${session?.id}/events`)).text();
    const lines = text.split('\n').filter((line) => line.startsWith('data: '));
    return lines.map((line) => JSON.parse(line.slice(6)) as { type: string; data: Record<string, unknown> });
  };
  const from = { agent: 'workstation', channel: 'mail', address };
  const events = await waitUntil('the record', async () => {
    const found = await read();
    return found.some(({ type }) => type === 'delivery-sent') && found;
  });
  const of = (type: string) => events.find((event) => event.type === type)?.data;
  expect(of('session-created')).toMatchObject({ principal: 'owner', from });
  expect(of('turn-accepted')).toMatchObject({ principal: 'owner', input: 'hello', from });
  expect(of('delivery-sent')).toMatchObject({ ...from, delivery: expect.any(String) });
});

test('what its channel does not vouch for is nothing, whoever it says it is from', async () => {
  const address = freshAddress();
  await on.link(address);
  const before = await sessions();
  expect(await on.bring(address, 'note a', { authenticated: false })).toMatchObject({ outcome: 'unknown' });
  expect(await on.bring(freshAddress(), 'note b')).toMatchObject({ outcome: 'unknown' });
  expect(await sessions()).toEqual(before);
});

test.each([
  ['nothing', ' \u0000\r\n ', 'no text'],
  ['too much', 'x'.repeat(10_001), 'longer than I can take'],
])('%s is told to be so', async (_, text, told) => {
  const address = freshAddress();
  await on.link(address);
  const messageId = randomUUID();
  expect(await on.bring(address, text, { messageId })).toMatchObject({ outcome: 'refused' });
  expect(await on.bring(address, text, { messageId })).toMatchObject({ outcome: 'refused' });
  await on.bring(address, 'good');
  const [, refused, good] = await on.received(address, 3);
  expect([refused?.text, good?.text]).toEqual([expect.stringContaining(told), 'You said: good']);
});

test('of too many messages the first one too many is told so, and none of them does anything', async () => {
  const address = freshAddress();
  await on.link(address);
  for (let count = 0; count < 20; count++) await on.bring(address, `note ${count}`);
  for (let count = 0; count < 3; count++) {
    expect(await on.bring(address, 'note more')).toMatchObject({ outcome: 'refused' });
  }
  const texts = (await on.received(address, 22)).map(({ text }) => text);
  const noted = texts.filter((text) => text.startsWith('Noted'));
  expect(noted).toEqual(Array.from({ length: 20 }, (_, count) => `Noted: ${count}`));
  expect(texts.filter((text) => text.startsWith('Too many messages'))).toHaveLength(1);
});

test('a thread that no answer could name is refused for good', async () => {
  const address = freshAddress();
  await on.link(address);
  await expect(on.bring(address, 'hello', { thread: 'a\r\nBcc: b' })).rejects.toMatchObject({
    code: 'invalid-request',
  });
});

test('an address does what the key may that it was linked with, and no more', async () => {
  const principalId = await makePrincipal(on);
  const { key, id } = await makeKey(on, ['skill:repeat-it', 'identities'], { principalId });
  const address = freshAddress();
  await on.link(address, callerWith(on, key));
  await on.bring(address, 'note this');
  await on.bring(address, 'hello');
  const [, denied, done] = await on.received(address, 3);
  expect([denied?.text, done?.text]).toEqual([expect.stringContaining('for other skills'), 'You said: hello']);
  // And it ends with the key.
  expect((await on.call('DELETE', `/v1/keys/${id}`)).status).toBe(200);
  expect(await on.bring(address, 'hello')).toMatchObject({ outcome: 'unknown' });
});

test('one that was linked with a key that has ended can be linked anew, by anybody who proves it', async () => {
  const { key, id } = await makeKey(on, ['sessions', 'identities'], { principalId: await makePrincipal(on) });
  const address = freshAddress();
  await on.link(address, callerWith(on, key));
  await on.call('DELETE', `/v1/keys/${id}`);
  const response = await on.call('POST', '/v1/identities', { channel: 'mail', address });
  const { code } = (await response.json()) as { code: string };
  expect(await on.bring(address, code)).toMatchObject({ outcome: 'linked' });
  expect(await on.bring(address, 'hello')).toMatchObject({ outcome: 'accepted' });
});

test('something like a code in the words of somebody who is known is part of what they say', async () => {
  const address = freshAddress();
  await on.link(address);
  expect(await on.bring(address, 'green-bread')).toMatchObject({ outcome: 'accepted' });
  expect((await on.received(address, 2)).at(-1)).toMatchObject({ text: 'You said: green-bread' });
});

test('a message is brought again while as many turns are open as may be', async () => {
  const full = await channelStage({ TURNS_OPEN_MAX: '1', TURNS_QUEUED_MAX: '1' });
  try {
    const { door } = await full.startAgent();
    const address = freshAddress();
    await full.link(address);
    const brought = Array.from({ length: 3 }, (_, count) =>
      door.bring(messageOf(address, `note ${count}`, { thread: `t${count}` }), AbortSignal.timeout(30_000)),
    );
    expect((await Promise.all(brought)).map(({ outcome }) => outcome)).toEqual(Array(3).fill('accepted'));
    const texts = (await full.received(address, 4)).slice(1).map(({ text }) => text);
    expect(texts.sort()).toEqual(['Noted: 0', 'Noted: 1', 'Noted: 2']);
  } finally {
    await full.close();
  }
});
