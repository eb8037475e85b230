// What a model is told of a session: the newest messages, a summary of the older ones, and never more as the session grows.
import { waitUntil } from '@switchboard/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { windowOf } from '../src/thinking/context.ts';
import { shortenOutput } from '../src/thinking/shorten-output.ts';
import { type LedStage, ledStage, say } from './led-stage.ts';

const turn = (seq: number, input = `question ${seq}`, output = `answer ${seq}`) => ({
  seq,
  input,
  output,
  tainted: false,
});

describe('the window', () => {
  test('holds the newest messages, oldest first, in its budget', () => {
    const turns = Array.from({ length: 30 }, (_, index) => turn(30 - index));
    const { context, overdue } = windowOf({ summary: undefined, turns }, [], 100);
    const bytes = context.messages.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
    expect(bytes).toBeLessThanOrEqual(300);
    expect(context.messages.at(-1)).toEqual({ role: 'switchboard', text: 'answer 30', trust: 'trusted' });
    expect(context.messages.at(-2)?.text).toBe('question 30');
    // All that is out of it and in no summary yet.
    const inside = context.messages.length / 2;
    expect(overdue).toMatchObject({ through: 30 - inside, trust: 'trusted' });
    expect(overdue?.messages.at(-1)?.text).toBe(`answer ${30 - inside}`);
  });

  test('one long message does not push out all others, and is cut with a mark', () => {
    const turns = [turn(3, 'short'), turn(2, 'x'.repeat(50_000)), turn(1)];
    const { context } = windowOf({ summary: undefined, turns }, [], 1_000);
    expect(context.messages.map(({ text }) => text.length)).toContain(1_501);
    expect(context.messages.at(-2)?.text).toBe('short');
  });

  test('a summary stays untrusted when anything in it, or before it, was', () => {
    const turns = Array.from({ length: 20 }, (_, index) => ({ ...turn(40 - index), tainted: index === 15 }));
    const fresh = windowOf({ summary: undefined, turns }, [], 50);
    expect(fresh.overdue?.trust).toBe('untrusted');
    const clean = turns.map((one) => ({ ...one, tainted: false }));
    const later = windowOf({ summary: { through: 20, text: 'Bought.', trust: 'untrusted' }, turns: clean }, [], 50);
    expect(later.overdue?.trust).toBe('untrusted');
    expect(later.context.summary).toEqual({ text: 'Bought.', trust: 'untrusted' });
  });
});

describe('an output as a model reads it', () => {
  test('is whole when it is small, and JSON with its long texts cut when it is not', () => {
    expect(shortenOutput({ a: 1 }, 100)).toEqual({ text: '{"a":1}', cut: false });
    const long = shortenOutput({ page: 'y'.repeat(100_000), title: 'Offers' }, 8_000);
    expect(long.cut).toBe(true);
    expect(long.text.length).toBeLessThanOrEqual(8_000);
    expect(JSON.parse(long.text)).toMatchObject({
      title: 'Offers',
      page: expect.stringContaining('100000 characters'),
    });
  });

  test('never exceeds its limit, whatever it is', () => {
    const wide = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`field-${index}`, index]));
    expect(shortenOutput(wide, 2_000).text.length).toBeLessThanOrEqual(2_000);
  });
});

describe('over a long session', () => {
  let on: LedStage;
  beforeAll(async () => {
    on = await ledStage({ CONTEXT_TOKENS: '100' });
  });
  afterAll(() => on?.close());

  test('older messages are summed up now and then, and what is told stays the same size', {
    timeout: 60_000,
  }, async () => {
    const session = await on.session();
    const sizes: number[] = [];
    on.think((question) => {
      if (question.purpose === 'summarize') {
        const before = question.context.summary?.text.length ?? 0;
        expect(question.context.messages.length).toBeLessThanOrEqual(40);
        expect(question.skills).toEqual([]);
        return say(`Summary ${before > 0 ? 'again' : 'first'}`);
      }
      sizes.push(JSON.stringify(question.context).length);
      return say('yes');
    });
    for (let index = 0; index < 40; index++) await on.say(session, `what about thing number ${index}`);
    const summaries = on.asked.filter(({ purpose }) => purpose === 'summarize');
    expect(summaries.length).toBeGreaterThanOrEqual(2);
    expect(summaries.length).toBeLessThanOrEqual(6);
    const last = on.asked.at(-1);
    expect(last?.context.summary).toEqual({ text: 'Summary again', trust: 'trusted' });
    expect(last?.context.messages.at(-2)?.text).toBe('what about thing number 38');
    const late = sizes.slice(20);
    expect(Math.max(...late) - Math.min(...late)).toBeLessThan(400);
  });

  test('turns that think take no place of those that are worked on', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    on.think(async () => {
      await promise;
      return say('now');
    });
    const sessions = await Promise.all(Array.from({ length: 60 }, () => on.session()));
    const turns = await Promise.all(sessions.map((session) => on.say(session, 'think', { wait: 0 })));
    // More than TURNS_IN_FLIGHT_MAX of them.
    await waitUntil('all think at once', () => on.asked.length === 60);
    resolve();
    await waitUntil('all end', async () => {
      const states = await Promise.all(turns.map(async ({ id }) => (await on.read(id)).state));
      return states.every((state) => state === 'completed');
    });
  });
});
