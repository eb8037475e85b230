// Questions over a channel: asked in the thread, answered by what comes after, and never by what is unclear or came before.
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Approval } from '@switchboard/contract';
import { type TempFolder, tempFolder, waitUntil } from '@switchboard/testkit';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { callerWith, makeKey, makePrincipal } from './callers.ts';
import { askBeforeBurning, type ChannelStage, channelStage, freshAddress } from './channel-stage.ts';

let folder: TempFolder;
let policyFile: string;
let on: ChannelStage;
beforeAll(async () => {
  folder = await tempFolder();
  policyFile = join(folder.path, 'policy.yaml');
  writeFileSync(policyFile, askBeforeBurning);
  on = await channelStage({ POLICY_FILE: policyFile });
  await on.startAgent();
});
afterAll(async () => {
  await on?.close();
  await folder?.remove();
});

/** Linked, and with what they have got since. */
let address: string;
beforeEach(async () => {
  address = freshAddress();
  await on.link(address);
});

/** A second from now: mail servers tell the time in whole seconds. */
const later = (): string => new Date(Date.now() + 1_000).toISOString();
const last = async (count: number): Promise<string | undefined> => (await on.received(address, count)).at(-1)?.text;

async function approvals(call = on.call): Promise<Approval[]> {
  return ((await (await call('GET', '/v1/approvals?limit=200')).json()) as { approvals: Approval[] }).approvals;
}

test('an approval is asked with its exact input, and a plain yes in its thread does it', async () => {
  await on.bring(address, 'burn the barn');
  expect(await last(2)).toContain('the barn');
  expect(await last(2)).toContain('Answer with yes or no');
  expect(await on.bring(address, 'Yes.', { receivedAt: later() })).toMatchObject({ outcome: 'answered' });
  expect(await last(3)).toBe('Burnt: the barn');
});

test.each(['maybe', 'yes, but only the old one', 'why?', 'yes\nno', '1'])('%j is not a yes', async (text) => {
  await on.bring(address, 'burn the barn');
  await on.received(address, 2);
  expect(await on.bring(address, text, { receivedAt: later() })).toMatchObject({ outcome: 'refused' });
  expect(await last(3)).toContain('I did not understand this as an answer. Answer with yes or no');
  expect(await on.bring(address, 'no', { receivedAt: later() })).toMatchObject({ outcome: 'answered' });
  expect(await last(4)).toBe('You said no, so it was not done');
});

test('a yes that is brought again answers nothing that is asked after it', async () => {
  await on.bring(address, 'burn the barn and the house');
  await on.received(address, 2);
  const yes = { messageId: randomUUID(), receivedAt: later() };
  expect(await on.bring(address, 'yes', yes)).toMatchObject({ outcome: 'answered' });
  expect(await last(3)).toContain('the house');
  expect(await on.bring(address, 'yes', yes)).toMatchObject({ outcome: 'answered' });
  // A second yes that was written before the second question was seen is no answer to it.
  const early = new Date(Date.now() - 60_000).toISOString();
  expect(await on.bring(address, 'yes', { receivedAt: early })).toMatchObject({ outcome: 'accepted' });
  expect(await last(4)).toBe('You said: yes');
  expect((await approvals()).filter(({ text }) => text.includes('the house'))).toHaveLength(1);
  await on.bring(address, 'no', { receivedAt: later() });
  expect(await last(5)).toBe('You said no, so it was not done');
});

test('what is asked in one thread is not answered in another, nor from another address', async () => {
  await on.bring(address, 'burn the barn');
  await on.received(address, 2);
  const other = freshAddress();
  await on.link(other);
  expect(await on.bring(address, 'yes', { receivedAt: later(), thread: 'another' })).toMatchObject({
    outcome: 'accepted',
  });
  expect(await on.bring(other, 'yes', { receivedAt: later() })).toMatchObject({ outcome: 'accepted' });
  expect(await on.bring(address, 'yes', { receivedAt: later(), authenticated: false })).toMatchObject({
    outcome: 'unknown',
  });
  await Promise.all([on.received(address, 3), on.received(other, 2)]);
  expect((await approvals()).filter(({ text }) => text.includes('the barn')).length).toBeGreaterThan(0);
  await on.bring(address, 'no', { receivedAt: later() });
  await on.received(address, 4);
});

test('an approval is answered over the API as well, and its end goes back into the thread', async () => {
  const words = `barn ${randomUUID().slice(0, 8)}`;
  await on.bring(address, `burn ${words}`);
  await on.received(address, 2);
  const approval = (await approvals()).find(({ text }) => text.includes(words));
  expect((await on.call('POST', `/v1/approvals/${approval?.id}`, { approve: true })).ok).toBe(true);
  expect(await last(3)).toBe(`Burnt: ${words}`);
  expect(await on.bring(address, 'yes', { receivedAt: later() })).toMatchObject({ outcome: 'accepted' });
});

test('who answers, and over which channel, is on the record', async () => {
  const words = `barn ${randomUUID().slice(0, 8)}`;
  await on.bring(address, `burn ${words}`);
  await on.received(address, 2);
  const approval = (await approvals()).find(({ text }) => text.includes(words));
  await on.bring(address, 'ok', { receivedAt: later() });
  await on.received(address, 3);
  const text = await (await on.call('GET', `/v1/turns/${approval?.turnId}/events`)).text();
  const answered = text.split('\n').find((line) => line.startsWith('data: ') && line.includes('question-answered'));
  expect(JSON.parse(answered?.slice(6) ?? '{}')).toMatchObject({
    data: { answer: { approve: true }, by: { principal: 'owner', key: 'test', from: { channel: 'mail', address } } },
  });
});

test('an address whose key may not approve cannot, and is told so', async () => {
  const principalId = await makePrincipal(on);
  const { key } = await makeKey(on, ['sessions', 'identities'], { principalId });
  address = freshAddress();
  await on.link(address, callerWith(on, key));
  await on.bring(address, 'burn the barn');
  await on.received(address, 2);
  expect(await on.bring(address, 'yes', { receivedAt: later() })).toMatchObject({ outcome: 'refused' });
  expect(await last(3)).toContain('nothing can be approved');
});

test('missing words are asked for, and the next message is taken for them', async () => {
  await on.bring(address, 'ask');
  expect(await last(2)).toBe('Which words?');
  expect(await on.bring(address, 'burn the barn', { receivedAt: later() })).toMatchObject({ outcome: 'answered' });
  expect(await last(3)).toBe('You said: burn the barn');
});

test.each([
  ['2', 'second'],
  ['the first', 'first'],
])('a choice is answered with %j', async (answer, chosen) => {
  await on.bring(address, 'choose');
  expect(await last(2)).toBe('Which one?\n\nAnswer with a number:\n1. The first\n2. The second');
  expect(await on.bring(address, 'neither', { receivedAt: later() })).toMatchObject({ outcome: 'refused' });
  await on.received(address, 3);
  expect(await on.bring(address, answer, { receivedAt: later() })).toMatchObject({ outcome: 'answered' });
  expect(await last(4)).toBe(`You said: ${chosen}`);
});

test('an outcome that is unknown is asked about, and holds up nothing that is said meanwhile', async () => {
  const words = randomUUID().slice(0, 8);
  await on.bring(address, `lose ${words}`);
  const asked = await last(2);
  expect(asked).toContain('nobody can tell');
  expect(asked).toContain('Answer with a number:\n1. It happened\n2. Try again\n3. Leave it');
  expect(await on.bring(address, 'hello', { receivedAt: later() })).toMatchObject({ outcome: 'accepted' });
  expect(await last(3)).toBe('You said: hello');
  const again = { receivedAt: later(), messageId: randomUUID() };
  expect(await on.bring(address, 'Try again', again)).toMatchObject({ outcome: 'answered' });
  expect(await last(4)).toBe(`Found: ${words}`);
  // Brought again it does not try again.
  expect(await on.bring(address, 'Try again', again)).toMatchObject({ outcome: 'answered' });
  expect(await on.bring(address, 'the last', { receivedAt: later() })).toMatchObject({ outcome: 'accepted' });
  expect(await last(5)).toBe('You said: the last');
});

test('what nobody understands is told in the thread', async () => {
  await on.bring(address, 'huh');
  expect(await last(2)).toBe('Nobody here can do that.');
});

test('no answer in time is a no, and is told; a yes after that does nothing', async () => {
  const hasty = await channelStage({ POLICY_FILE: policyFile, QUESTION_SECONDS: '2' });
  try {
    await hasty.startAgent();
    const theirs = freshAddress();
    await hasty.link(theirs);
    await hasty.bring(theirs, 'burn the barn');
    const [, , told] = await hasty.received(theirs, 3);
    expect(told?.text).toBe('There was no answer in time, so it was not done');
    expect(await hasty.bring(theirs, 'yes', { receivedAt: later() })).toMatchObject({ outcome: 'accepted' });
    const [, , , answer] = await hasty.received(theirs, 4);
    expect(answer?.text).toBe('You said: yes');
  } finally {
    await hasty.close();
  }
});

test('several answers at once: one of them counts', async () => {
  const words = `barn ${randomUUID().slice(0, 8)}`;
  await on.bring(address, `burn ${words}`);
  await on.received(address, 2);
  const receivedAt = later();
  const replies = await Promise.all(['yes', 'no', 'yes'].map((text) => on.bring(address, text, { receivedAt })));
  expect(replies.filter(({ outcome }) => outcome === 'answered')).toHaveLength(1);
  const texts = await waitUntil('their answers', async () => {
    const found = (await on.received(address, 2)).slice(2).map(({ text }) => text);
    return found.length === 3 && found;
  });
  const ends = [`Burnt: ${words}`, 'You said no, so it was not done'];
  expect(texts.filter((text) => ends.includes(text))).toHaveLength(1);
});
