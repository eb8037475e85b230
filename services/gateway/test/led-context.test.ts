// What a model is told of a session: the newest messages, a summary of the older ones, and never more as the session grows.
import { contextSchema } from '@switchboard/contract';
import type { SaidTurn, SessionPast } from '@switchboard/store';
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

const past = (turns: readonly SaidTurn[], more = false): SessionPast => ({ summary: undefined, turns, more });

describe('the window', () => {
  test('holds the newest messages, oldest first, in its budget', () => {
    const turns = Array.from({ length: 30 }, (_, index) => turn(30 - index));
    const { context, overdue } = windowOf(past(turns), [], { tokensMax: 100, tainted: false });
    const bytes = context.messages.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
    expect(bytes).toBeLessThanOrEqual(300);
    expect(context.messages.at(-1)).toEqual({ role: 'switchboard', text: 'answer 30', trust: 'trusted' });
    expect(context.messages.at(-2)?.text).toBe('question 30');
    // The oldest that are out of it and in no summary yet, and no further than what is really among them.
    const inside = context.messages.length / 2;
    expect(overdue).toMatchObject({ through: Math.min(20, 30 - inside), trust: 'trusted' });
    expect(overdue?.messages.at(0)?.text).toBe('question 1');
    expect(overdue?.messages.at(-1)?.text).toBe(`answer ${overdue?.through}`);
  });

  test('one long message does not push out all others, and is cut with a mark', () => {
    const turns = [turn(3, 'short'), turn(2, 'x'.repeat(50_000)), turn(1)];
    const { context } = windowOf(past(turns), [], { tokensMax: 1_000, tainted: false });
    expect(context.messages.map(({ text }) => Buffer.byteLength(text))).toContain(1_350);
    expect(context.messages.at(-2)?.text).toBe('short');
  });

  test.each(['x', 'ж', '字', '😀'])('the newest turn is always in it, however long: %s', (character) => {
    const long = character.repeat(9_000);
    const turns = [turn(2, long, long), turn(1)];
    const { context } = windowOf(past(turns), [], { tokensMax: 2_000, tainted: false });
    const newest = context.messages.slice(-2);
    expect(newest.map(({ role }) => role)).toEqual(['person', 'switchboard']);
    for (const { text } of newest) {
      expect(text.length).toBeGreaterThan(700);
      expect([text.endsWith('…'), text.isWellFormed(), text.includes('\ufffd')]).toEqual([true, true, false]);
    }
  });

  test('no message is longer than the contract takes, however large the window', () => {
    const turns = [turn(1, 'x'.repeat(10_000), 'y'.repeat(50_000))];
    const { context } = windowOf(past(turns), [], { tokensMax: 100_000, tainted: false });
    expect(contextSchema.safeParse(context).success).toBe(true);
  });

  test('what is older than all that was looked at is said to be left out, and no answer of a tainted session is trusted', () => {
    const turns = Array.from({ length: 40 }, (_, index) => turn(100 - index));
    const { context, overdue } = windowOf(past(turns, true), [], { tokensMax: 100, tainted: true });
    expect(overdue?.messages[0]?.text).toContain('left out');
    expect(overdue?.trust).toBe('untrusted');
    expect(new Set(context.messages.map(({ role, trust }) => `${role} ${trust}`))).toEqual(
      new Set(['person trusted', 'switchboard untrusted']),
    );
  });

  test('a summary stays untrusted when anything in it, or before it, was', () => {
    const turns = Array.from({ length: 20 }, (_, index) => ({ ...turn(40 - index), tainted: index === 15 }));
    const fresh = windowOf(past(turns), [], { tokensMax: 50, tainted: false });
    expect(fresh.overdue?.trust).toBe('untrusted');
    const clean = turns.map((one) => ({ ...one, tainted: false }));
    const later = windowOf({ ...past(clean), summary: { through: 20, text: 'Bought.', trust: 'untrusted' } }, [], {
      tokensMax: 50,
      tainted: false,
    });
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
