// What goes wrong at a provider: the next model answers, the book is settled by what may have cost, and nobody waits for ever.
import type { ModelAnswer } from '@switchboard/testkit/peers/model-server';
import { type ModelServer, startModelServer } from '@switchboard/testkit/peers/model-server';
import { freePort } from '@switchboard/testkit/start-system';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Api, entry, openStage, type Running, request, type Stage, serve } from './stage.ts';

const text = 'abcdefghijkl'.repeat(10);

describe.each<Api>(['openai', 'anthropic'])('faults of a model that is asked as %s', (api) => {
  let stage: Stage;
  let [first, second]: [ModelServer | undefined, ModelServer | undefined] = [undefined, undefined];
  let running: Running;
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(() => stage?.close());
  beforeEach(async () => {
    [first, second] = await Promise.all([startModelServer(), startModelServer()]);
    second.answer(() => ({ text: 'From the second.' }));
  });
  afterEach(async () => {
    vi.useRealTimers();
    await running?.stop();
    await Promise.all([first?.close(), second?.close()]);
  });

  const times = 'timeoutSeconds: 1, idleSeconds: 1, price: { input: 1, output: 10 }';
  const both = (says: ModelAnswer | (() => ModelAnswer)) => {
    if (first === undefined || second === undefined) throw new Error('not begun');
    first.answer(typeof says === 'function' ? says : () => says);
    return `models:\n${entry('first', api, first, times)}${entry('second', api, second)}`;
  };
  const alone = (says: ModelAnswer, more = times) => {
    if (first === undefined) throw new Error('not begun');
    first.answer(() => says);
    return `models:\n${entry('first', api, first, more)}`;
  };
  const lastOf = (call: string, attempt: number) =>
    stage.book.settled.find((one) => one.call === call && one.attempt === attempt);

  /** Whether the first model is paid for although it did not answer. */
  it.each<[string, ModelAnswer, boolean, string]>([
    ['401', { fault: 'unauthorized' }, false, 'wants a key'],
    ['403', { fault: 'forbidden' }, false, 'does not let this key'],
    ['404', { fault: 'no-model' }, false, 'does not know first-1'],
    ['no credit', { fault: 'no-credit' }, false, 'no credit left'],
    ['400', { fault: 'invalid' }, false, 'refused the request (400 invalid_request_error)'],
    ['a context too long', { fault: 'context-too-long' }, false, 'longer than the model reads'],
    ['429 for long', { fault: 'rate-limited', retryAfterSeconds: 40 }, false, 'no more calls for now'],
    ['500', { fault: 'broken', retryAfterSeconds: 0 }, false, 'failed (500'],
    ['overload', { fault: 'overloaded', retryAfterSeconds: 0 }, false, `failed (${api === 'openai' ? 503 : 529}`],
    ['a hang-up', { fault: 'hang-up' }, true, 'the connection broke'],
    ['garbage', { fault: 'garbage' }, true, api === 'openai' ? 'not JSON' : 'cut off'],
    ['silence', { fault: 'never' }, true, 'there was no answer for 1 s'],
    ['a cut stream', { text, break: { after: 3, how: 'cut' } }, true, 'in mid-answer'],
    ['a stalled stream', { text, break: { after: 3, how: 'stall' } }, true, 'stood still for 1 s'],
    ['an error in the stream', { text, break: { after: 3, how: 'error' } }, true, 'broke off'],
    ['garbage in the stream', { text, break: { after: 3, how: 'garbage' } }, true, 'not JSON'],
    ['an answer without end', { text: 'x'.repeat(210_000), pieceCharacters: 20_000 }, true, 'has no end'],
  ])('%s: the next model answers, and what may have cost is paid', async (_, says, isPaid, why) => {
    running = await serve(stage, both(says));
    const asked = request();
    const { reply, text: heard } = await stage.ask(asked);
    expect(reply.text).toBe('From the second.');
    expect(heard).toBe('From the second.');
    await stage.book.balanced();
    const [paid, answered] = [lastOf(asked.id, 1), lastOf(asked.id, 2)];
    const most = stage.book.reserved.find(({ call }) => call === asked.id);
    if (!isPaid) expect(paid).toMatchObject({ promptBytes: 0, promptTokens: 0, completionTokens: 0, costMicros: 0 });
    else {
      expect(paid?.promptBytes).toBe(first?.asked[0]?.promptBytes);
      expect(paid?.completionTokens).toBe(200);
      expect(paid?.costMicros).toBeGreaterThan(2_000);
      expect(paid?.costMicros).toBeLessThanOrEqual(most?.costMicrosMax ?? 0);
    }
    const sum = (paid?.costMicros ?? 0) + (answered?.costMicros ?? 0);
    expect(reply.usage).toMatchObject({ calls: isPaid ? 2 : 1, costMicros: sum });
    // With nobody else to ask, the asker is told why.
    await running.stop();
    running = await serve(stage, alone(says));
    expect((await stage.refused()).message).toContain(why);
  });

  it('a cut stream: what came so far is void, and the asker is told so', async () => {
    running = await serve(stage, both({ text, betweenMs: 60, break: { after: 4, how: 'cut' } }));
    const { pieces } = await stage.ask();
    const reset = pieces.findIndex((piece) => 'reset' in piece);
    expect(reset).toBeGreaterThan(0);
    expect(pieces.slice(reset + 1)).toEqual([{ v: 1, text: 'From the second.' }]);
  });

  it('429: waits as long as the provider says, and asks again, on one reservation', async () => {
    running = await serve(stage, alone({ text: 'unused' }, 'timeoutSeconds: 10'));
    first?.answer(() =>
      first?.asked.length === 1 ? { fault: 'rate-limited', retryAfterSeconds: 1 } : { text: 'Now.' },
    );
    const asked = request();
    const startedAt = performance.now();
    expect((await stage.ask({ ...asked })).reply.text).toBe('Now.');
    expect(performance.now() - startedAt).toBeGreaterThan(950);
    expect(first?.asked).toHaveLength(2);
    expect(stage.book.reserved.filter(({ call }) => call === asked.id)).toHaveLength(1);
  }, 40_000);

  it.each<[string, ModelAnswer, string]>([
    ['all away', { fault: 'broken', retryAfterSeconds: 0 }, 'unavailable'],
    ['all garbage', { text, break: { after: 1, how: 'garbage' } }, 'model-failed'],
    ['all too small', { fault: 'context-too-long' }, 'too-large'],
  ])('%s: the asker is told so, and of each model why', async (_, says, code) => {
    running = await serve(stage, both(says));
    second?.answer(() => says);
    const { code: told, message } = await stage.refused();
    expect(told).toBe(code);
    expect(message).toMatch(/first: .+; second: .+/);
  });

  it('leaves a model alone that fails again and again, and asks it once when it is time', async () => {
    running = await serve(stage, alone({ fault: 'unauthorized' }));
    for (let time = 1; time <= 3; time++) expect((await stage.refused()).code).toBe('unavailable');
    const { message } = await stage.refused();
    expect(message).toMatch(/first: the provider wants a key.*left alone/);
    expect(first?.asked).toHaveLength(3);
    await vi.waitFor(() =>
      expect(running.here()?.models[0]).toMatchObject({ up: false, why: expect.stringContaining('key') }),
    );
    first?.answer(() => ({ text: 'Back.' }));
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 10_001 });
    await vi.waitFor(() => expect(running.here()?.models[0]).toMatchObject({ up: true }), 5_000);
    expect(first?.asked).toHaveLength(3);
    expect((await stage.ask()).reply.text).toBe('Back.');
    expect((await stage.ask()).reply.text).toBe('Back.');
    expect(first?.asked).toHaveLength(5);
  });

  it('is not sent what is certainly longer than it reads', async () => {
    running = await serve(stage, alone({ text: 'Yes.' }));
    const messages = [{ role: 'user' as const, text: 'word '.repeat(9_000) }];
    expect((await stage.refused({ messages })).code).toBe('too-large');
    expect(first?.asked).toHaveLength(0);
  });

  it('asks for no longer an answer than there is room for', async () => {
    running = await serve(stage, alone({ text: 'Yes.' }));
    await stage.ask({ messages: [{ role: 'user', text: 'word '.repeat(4_000) }], outputTokensMax: 5_000 });
    expect(first?.asked[0]?.outputTokensMax).toBeLessThan(1_600);
    expect(first?.asked[0]?.outputTokensMax).toBeGreaterThan(256);
  });

  it('ends by the deadline of whoever asks, and counts the most that it may have cost', async () => {
    running = await serve(stage, alone({ fault: 'never' }, 'price: { input: 1, output: 10 }'));
    const asked = request({ deadline: new Date(Date.now() + 400).toISOString() });
    expect((await stage.refused(asked)).code).toBe('deadline-exceeded');
    await stage.book.balanced();
    const most = stage.book.reserved.find(({ call }) => call === asked.id);
    expect(lastOf(asked.id, 1)?.costMicros).toBe(most?.costMicrosMax);
    expect((await stage.refused({ deadline: new Date(Date.now() - 1).toISOString() })).code).toBe('deadline-exceeded');
  });

  it('cannot be reached: nothing is paid', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    running = await serve(stage, `models:\n${entry('gone', api, { url, openaiUrl: `${url}/v1` })}`);
    const asked = request();
    expect((await stage.refused(asked)).message).toMatch(/gone: cannot be reached/);
    await stage.book.balanced();
    expect(lastOf(asked.id, 1)).toMatchObject({ promptBytes: 0, costMicros: 0 });
  });
});
