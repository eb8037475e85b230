// A reservation that the gateway wrote after nobody waited for it any more: it is given back all the same.
import { connectBus } from '@switchboard/bus';
import { type Settle, SwitchboardError } from '@switchboard/contract';
import { createLog } from '@switchboard/service';
import { startTestNats, waitUntil } from '@switchboard/testkit';
import { expect, test } from 'vitest';
import { createBook } from '../src/book.ts';
import { request } from './stage.ts';

test('what is not on the book yet is settled once it is; what was answered and is not there is given up', async () => {
  const nats = await startTestNats({ agents: ['workstation'] });
  const connect = (user: string) => connectBus({ url: nats.url, user, seed: nats.identities[user] ?? '' });
  const [gateway, model] = await Promise.all([connect('gateway'), connect('model')]);
  try {
    const written = new Set<string>();
    const tried: string[] = [];
    const settled: Settle[] = [];
    const slow = Promise.withResolvers<void>();
    gateway.respond('reserve', async ({ message: { call } }) => {
      await slow.promise;
      written.add(call);
      return { v: 1 as const };
    });
    gateway.respond('settle', async ({ message }) => {
      tried.push(message.call);
      if (!written.has(message.call)) throw new SwitchboardError('not-found', 'This attempt was never reserved');
      settled.push(message);
      return { v: 1 as const };
    });
    await gateway.flush();
    const book = createBook(model, createLog('model', 'silent'));
    const [call, other] = [request().id, request().id];
    const deadline = new Date(Date.now() + 300).toISOString();
    const most = { tokensMax: 1_000, costMicrosMax: 50, deadline };
    const asked = { v: 1, call, attempt: 1, asker: 'workstation', purpose: 'decide', model: 'small', ...most } as const;
    await expect(book.reserve(asked)).rejects.toMatchObject({ code: 'unavailable' });
    await waitUntil('it was looked for in vain', () => tried.length > 2);
    expect(settled).toEqual([]);
    slow.resolve();
    await waitUntil('it is given back', () => settled.length === 1);
    expect(settled[0]).toMatchObject({ call, attempt: 1, promptTokens: 0, completionTokens: 0, costMicros: 0 });
    await waitUntil('nothing is left', () => book.unsettled() === 0);

    book.settle({ v: 1, call: other, attempt: 1, promptBytes: 1, promptTokens: 1, completionTokens: 1, costMicros: 1 });
    await waitUntil('it is given up', () => book.unsettled() === 0);
    expect(tried.filter((one) => one === other)).toHaveLength(1);
  } finally {
    await Promise.allSettled([gateway.close(), model.close()]);
    await nats.stop();
  }
});
