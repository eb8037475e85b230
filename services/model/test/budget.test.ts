// A budget that is spent: what costs nothing is still asked, and where nothing does, whoever asks is told why.
import type { Reserve, Settle } from '@switchboard/contract';
import { SwitchboardError } from '@switchboard/contract';
import { type ModelServer, startModelServer } from '@switchboard/testkit/peers/model-server';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { entry, openStage, type Running, type Stage, serve } from './stage.ts';

let stage: Stage;
let [dear, free]: [ModelServer | undefined, ModelServer | undefined] = [undefined, undefined];
let running: Running;
beforeAll(async () => {
  stage = await openStage();
  [dear, free] = await Promise.all([startModelServer(), startModelServer()]);
  dear.answer(() => ({ text: 'From the dear one.' }));
  free.answer(() => ({ text: 'From the free one.' }));
  const price = 'price: { input: 1, output: 10 }';
  running = await serve(stage, `models:\n${entry('dear', 'openai', dear, price)}${entry('free', 'openai', free)}`);
});
beforeEach(() => {
  stage.book.refuse = () => undefined;
});
afterAll(async () => {
  await running?.stop();
  await Promise.all([dear?.close(), free?.close()]);
  await stage?.close();
});

const refuseEach = (isOver: (asked: Reserve) => boolean) => (what: Reserve | Settle) => {
  if ('model' in what && isOver(what)) throw new SwitchboardError('budget-exceeded', `${what.model} does not fit`);
};

test('no dollar is left: the model that costs nothing answers', async () => {
  stage.book.refuse = refuseEach(({ costMicrosMax }) => costMicrosMax > 0);
  const { reply, text } = await stage.ask();
  expect(text).toBe('From the free one.');
  expect(reply.usage).toMatchObject({ models: ['free'], costMicros: 0 });
  expect(dear?.asked).toHaveLength(0);
  await stage.book.balanced();
});

test('no token is left: none is asked, and it is told of the first', async () => {
  const before = free?.asked.length;
  stage.book.refuse = refuseEach(() => true);
  expect(await stage.refused()).toEqual({ code: 'budget-exceeded', message: 'dear does not fit' });
  expect([dear?.asked.length, free?.asked.length]).toEqual([0, before]);
});

test('the free one fails: it is told of the budget, which is what the person can do something about', async () => {
  stage.book.refuse = refuseEach(({ costMicrosMax }) => costMicrosMax > 0);
  free?.answer(() => ({ fault: 'no-model' }));
  expect((await stage.refused()).code).toBe('budget-exceeded');
});
