// Mail in, turn, answer out: one answer and none lost, with each part killed at each step.
import { join } from 'node:path';
import { waitUntil } from '@switchboard/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ChannelProcesses, channelProcesses, type Kept } from './channel-processes.ts';
import { freshAddress } from './channel-stage.ts';

const patienceMs = 40_000;

let on: ChannelProcesses;
const idle: Kept[] = [];
beforeAll(async () => {
  on = await channelProcesses();
  idle.push(await on.startGateway(), await on.startAgent());
}, 60_000);
afterAll(() => on?.close());

const repliesTo = (address: string): string[] =>
  on.outbox.sent().flatMap((sent) => (sent.address === address && sent.thread !== 'links' ? [sent.text] : []));

/** What stands in the record once nothing is under way any more. */
async function settled(address: string, count: number): Promise<string[]> {
  const rows = await waitUntil(
    'every delivery to have ended',
    async () => {
      const found = await on.deliveriesTo(address);
      return found.length === count && found.every(({ finishedAt }) => finishedAt !== null) && found;
    },
    patienceMs,
  );
  return rows.map(({ state, attempt }) => `${state} ${attempt}`);
}

/** One message and its answer while a gateway dies at this point, once. */
async function whileGatewayDies(point: string): Promise<{ address: string; gateway: Kept }> {
  const address = freshAddress();
  await on.link(address);
  const [calm] = idle;
  await calm?.stop();
  idle[0] = await on.startGateway({
    SWITCHBOARD_CRASH_AT: point,
    SWITCHBOARD_CRASH_ONCE_FILE: join(on.folder, `died-at-${point}`),
  });
  expect(await on.write(address, 'note this')).toBe('accepted');
  return { address, gateway: idle[0] };
}

describe('a gateway that dies', () => {
  test.each([
    ['before the message is looked at', 'C1', 1],
    ['when the message is on disk, before anybody is told', 'C2', 1],
    ['when the step is on disk, before its agent is asked', 'G5', 1],
    ['when the turn has ended, before anybody is told', 'G9', 1],
    ['when it holds the delivery', 'C3', 1],
    ['when the attempt is on disk, before it is sent', 'C4', 2],
    ['when it has been sent, before that is on disk', 'C5', 1],
    ['when its end is on disk', 'C6', 1],
  ])('%s (%s)', { timeout: 90_000 }, async (_, point, attempts) => {
    const { address, gateway } = await whileGatewayDies(point);
    expect(await settled(address, 2)).toEqual(['sent 1', `sent ${attempts}`]);
    await waitUntil('its death', () => gateway.deaths() === 1);
    expect(repliesTo(address)).toEqual(['Noted: this']);
    expect(await on.write(address, 'note that')).toBe('accepted');
    await settled(address, 3);
    expect(repliesTo(address)).toEqual(['Noted: this', 'Noted: that']);
  });
});

describe('an agent that dies while it sends', () => {
  test.each([
    ['before it has begun', 'before', ['Noted: this'], 'sent 2'],
    ['when it may have been sent, and it was not', 'noted', [], 'unknown 1'],
    ['when it has been sent, before anybody knows', 'sent', ['Noted: this'], 'sent 1'],
  ])('%s', { timeout: 90_000 }, async (_, place, replies, end) => {
    const address = freshAddress();
    await on.link(address);
    await idle[1]?.stop();
    const agent = await on.startAgent({ DIE: place, DIE_ONCE_FILE: join(on.folder, `died-${place}`) });
    idle[1] = agent;
    await on.write(address, 'note this');
    expect(await settled(address, 2)).toEqual(['sent 1', end]);
    await waitUntil('its death', () => agent.deaths() === 1);
    expect(repliesTo(address)).toEqual(replies);
    // Whatever became of it, the thread goes on.
    await on.write(address, 'note that');
    expect((await settled(address, 3)).at(-1)).toBe('sent 1');
    expect(repliesTo(address)).toEqual([...replies, 'Noted: that']);
  });
});

test('a second gateway does what the first leaves behind', { timeout: 90_000 }, async () => {
  const address = freshAddress();
  await on.link(address);
  const second = await on.startGateway({ PORT: '0' });
  await idle[0]?.stop();
  const once = join(on.folder, 'died-for-good');
  const first = await on.startGateway({ SWITCHBOARD_CRASH_AT: 'C5', SWITCHBOARD_CRASH_ONCE_FILE: once });
  first.keep(false);
  const words = Array.from({ length: 6 }, (_, index) => `note ${index}`);
  for (const text of words) await on.write(address, text);
  expect((await settled(address, 7)).every((end) => end.startsWith('sent'))).toBe(true);
  expect(repliesTo(address)).toEqual(words.map((text) => text.replace('note', 'Noted:')));
  expect(second.deaths()).toBe(0);
});
