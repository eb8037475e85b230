// Many calls, the same call twice, and the book: nothing is lost, paid twice, or spent unasked.
import { createLog } from '@switchboard/service';
import { waitUntil } from '@switchboard/testkit';
import { type ModelServer, startModelServer } from '@switchboard/testkit/peers/model-server';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { createBook } from '../src/book.ts';
import { entry, openBook, openStage, overBudget, type Running, request, type Stage, serve } from './stage.ts';

/** For two hundred at once, on a machine that is busy with other tests. */
const manyMsMax = 80_000;

let stage: Stage;
let server: ModelServer;
let running: Running;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());
beforeEach(async () => {
  server = await startModelServer();
  running = await serve(stage, `models:\n${entry('small', 'openai', server)}`);
});
afterEach(async () => {
  stage.book.refuse = () => undefined;
  await running.stop();
  await server.close();
});

it(
  'two hundred streams at once: each has its own text, whole, and the book balances',
  async () => {
    server.answer(({ messages }) => {
      const [message] = messages;
      const text = message?.role === 'user' ? message.text : '';
      return { text: `${text} `.repeat(60), betweenMs: 5, pieceCharacters: 40 };
    });
    const names = Array.from({ length: 200 }, (_, index) => `caller-${index}`);
    const deadline = new Date(Date.now() + manyMsMax).toISOString();
    const ask = (text: string) => stage.ask({ messages: [{ role: 'user', text }], deadline });
    const all = await Promise.all(names.map(ask));
    for (const [index, { reply, text, pieces }] of all.entries()) {
      expect(text).toBe(`${names[index]} `.repeat(60));
      expect(reply.text).toBe(text);
      expect(pieces.length).toBeGreaterThan(1);
    }
    await stage.book.balanced();
    const settled = stage.book.settled.reduce((sum, { completionTokens }) => sum + completionTokens, 0);
    expect(settled).toBe(all.reduce((sum, { reply }) => sum + reply.usage.completionTokens, 0));
  },
  manyMsMax,
);

it('the same id while it is under way joins it: one request, and pieces from there on', async () => {
  const { promise: joined, resolve: join } = Promise.withResolvers<void>();
  server.answer(async () => {
    await joined;
    return { text: 'Once and for all.' };
  });
  const asked = request();
  const first = stage.ask(asked);
  await waitUntil('it is under way', () => server.asked.length === 1);
  const second = stage.ask(asked);
  const third = stage.ask({ ...asked, stream: false });
  // Said after them on the same connection: once it is refused, they have been heard.
  await stage.refused({ deadline: new Date(0).toISOString() });
  join();
  const [one, two, three] = await Promise.all([first, second, third]);
  expect([one.text, two.text, three.text]).toEqual(['Once and for all.', 'Once and for all.', '']);
  expect(two.reply).toEqual(one.reply);
  expect(three.reply).toEqual(one.reply);
  expect(server.asked).toHaveLength(1);
});

it('the same id once it is answered is answered again, to who asked it and to nobody else', async () => {
  server.answer(() => ({ text: 'Once.' }));
  const asked = request();
  const { reply } = await stage.ask(asked);
  expect((await stage.ask(asked)).reply).toEqual(reply);
  expect(server.asked).toHaveLength(1);
  await stage.ask(asked, 'browser');
  expect(server.asked).toHaveLength(2);
});

it('a service that died and comes back reserves anew: what the dead one reserved is not taken for its own', async () => {
  const asked = request({ messages: [{ role: 'user', text: 'again' }] });
  await stage.ask(asked);
  await running.stop();
  running = await serve(stage, `models:\n${entry('small', 'openai', server)}`);
  await stage.ask(asked);
  const [before, after] = stage.book.attempts.slice(-2);
  expect(stage.book.reserved.at(-1)?.call).toBe(asked.id);
  expect(after).not.toBe(before);
});

it('the same id after it failed is tried again, on a reservation of its own', async () => {
  server.answer(() => ({ fault: 'hang-up' }));
  const asked = request();
  expect((await stage.refused(asked)).code).toBe('unavailable');
  server.answer(() => ({ text: 'Now.' }));
  expect((await stage.ask(asked)).reply.text).toBe('Now.');
  const attempts = stage.book.reserved.filter(({ call }) => call === asked.id).map(({ attempt }) => attempt);
  expect(attempts).toEqual([1, 2]);
});

it('whoever joins with more time gets it', async () => {
  const { promise: let_, resolve: answer } = Promise.withResolvers<void>();
  server.answer(async () => {
    await let_;
    return { text: 'Late.' };
  });
  const asked = request({ deadline: new Date(Date.now() + 700).toISOString() });
  const hasty = stage.ask(asked);
  await waitUntil('it is under way', () => server.asked.length === 1);
  const patient = stage.ask({ ...asked, deadline: request().deadline });
  await waitUntil('the first deadline is past', () => Date.parse(asked.deadline) < Date.now() - 50);
  answer();
  expect((await Promise.all([hasty, patient])).map(({ reply }) => reply.text)).toEqual(['Late.', 'Late.']);
});

it('a budget that is spent: refused before anything is sent', async () => {
  stage.book.refuse = overBudget;
  expect(await stage.refused()).toEqual({
    code: 'budget-exceeded',
    message: 'The day’s budget of 1,000 tokens is spent',
  });
  expect(server.requests).toEqual([]);
});

it('more calls than it takes are refused at once, and take nothing from those that wait', async () => {
  await running.stop();
  running = await serve(stage, `models:\n${entry('small', 'openai', server, 'concurrency: 2, waitingMax: 1')}`);
  const { promise: free, resolve: go } = Promise.withResolvers<void>();
  server.answer(async () => {
    await free;
    return { text: 'Done.' };
  });
  const taken = [stage.ask(), stage.ask()];
  await waitUntil('both are under way', () => server.asked.length === 2);
  const waiting = [stage.ask(), stage.ask()];
  const refused = await Promise.any(
    waiting.map((one) =>
      one.then(
        () => Promise.reject(new Error('taken')),
        (error) => error,
      ),
    ),
  );
  expect(refused).toMatchObject({ info: { code: 'overloaded' } });
  go();
  const results = await Promise.allSettled([...taken, ...waiting]);
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
  expect(server.asked).toHaveLength(3);
});

it('asks no provider while nobody asks it', async () => {
  const { promise: heard, resolve } = Promise.withResolvers<void>();
  const operator = await stage.bus('operator');
  let count = 0;
  operator.listen('modelHere', () => {
    count += 1;
    if (count === 2) resolve();
  });
  await heard;
  expect(running.here()).toMatchObject({ models: [{ name: 'small', up: true }], intervalMs: 2_000 });
  expect(server.requests).toEqual([]);
});

it('without a gateway nothing is sent', async () => {
  await stage.book.close();
  expect(await stage.refused()).toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('gateway is away'),
  });
  expect(server.requests).toEqual([]);
});

it('what could not be settled is settled when the gateway is back', async () => {
  const bus = await stage.bus('model');
  const book = createBook(bus, createLog('model', 'silent'));
  const settle = {
    v: 1 as const,
    call: request().id,
    attempt: 1,
    promptBytes: 9,
    promptTokens: 8,
    completionTokens: 7,
    costMicros: 6,
  };
  book.settle(settle);
  await waitUntil('it was tried', () => book.unsettled() === 1);
  const back = await openBook(stage.nats);
  try {
    await waitUntil('it is taken', () => book.unsettled() === 0);
    expect(back.settled).toEqual([settle]);
  } finally {
    await back.close();
  }
});
