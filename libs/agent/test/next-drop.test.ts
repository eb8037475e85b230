// A thought that nobody waits for any more: broken off, here and at the model service.
import { waitUntil } from '@switchboard/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type NextBench, nextBench, question } from './next-bench.ts';

let bench: NextBench;
beforeAll(async () => {
  bench = await nextBench();
});
afterAll(() => bench.stop());

test('a question that nobody waits for any more is broken off, and the model service is told', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  bench.script(async () => {
    await promise;
    return { text: 'too late', stop: 'end' as const };
  });
  const asked = question('write a long story');
  const refused = bench.ask(asked).catch((error: unknown) => error);
  await waitUntil('the model writes', () => bench.asked.length === 1);
  bench.drop(question('another one'));
  bench.drop(asked);
  expect(await refused).toMatchObject({ kind: 'refused', info: { code: 'canceled' } });
  await waitUntil('the model service knows', () => bench.dropped.length > 0);
  expect(bench.dropped).toEqual([`${asked.turn}-1-1`]);
  resolve();
});
