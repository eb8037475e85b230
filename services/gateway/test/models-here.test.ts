// Whether a model is here, before anybody has said so: after a start, and after the bus was away.
import { type Bus, connectBus } from '@switchboard/bus';
import type { ModelHere } from '@switchboard/contract';
import { startTestNats, type TestNats, waitUntil } from '@switchboard/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ModelsHere, type SettledOptions, watchModels } from '../src/models/models-here.ts';

const small: ModelHere = { v: 1, intervalMs: 2_000, models: [{ name: 'small', provider: 'scripted', up: true }] };

let nats: TestNats;
let gateway: Bus;
let model: Bus;
let models: ModelsHere;
beforeEach(async () => {
  nats = await startTestNats({ agents: ['workstation'] });
  const connect = (user: string, onState?: (connected: boolean) => void): Promise<Bus> =>
    connectBus({ url: nats.url, user, seed: nats.identities[user] ?? '', ...(onState && { onState }) });
  gateway = await connect('gateway', (connected) => models.onBus(connected));
  models = watchModels(gateway);
  model = await connect('model');
  await gateway.flush();
});
afterEach(async () => {
  await Promise.allSettled([gateway.close(), model.close()]);
  await nats.stop();
});

/** How long it took until it was known, and what. */
async function settled(options?: SettledOptions): Promise<{ here: boolean; ms: number }> {
  const startedAt = performance.now();
  await models.settled(options);
  return { here: models.here(), ms: performance.now() - startedAt };
}

test('it is known as soon as one is heard, and from then on at once', async () => {
  const first = settled();
  model.publish('modelHere', {}, small);
  expect(await first).toMatchObject({ here: true });
  expect((await settled()).ms).toBeLessThan(50);
});

test('when nobody answers it is known after a second that none is here', async () => {
  const { here, ms } = await settled();
  expect(here).toBe(false);
  expect(ms).toBeGreaterThan(500);
  expect(ms).toBeLessThan(5_000);
  expect((await settled()).ms).toBeLessThan(50);
});

test('while the bus is away nobody knows, and after it one is heard first', async () => {
  model.publish('modelHere', {}, small);
  expect(await settled()).toMatchObject({ here: true });
  await nats.kill9();
  await waitUntil('the bus is away', () => !gateway.connected());
  // What ends a turn ends its waiting.
  expect((await settled({ deadline: new Date(Date.now() + 20) })).ms).toBeGreaterThan(10);
  const ending = new AbortController();
  const given = settled({ signal: ending.signal });
  ending.abort();
  await given;
  const knownAt = settled().then(() => gateway.connected());
  await nats.restart();
  await waitUntil('the bus is back', () => model.connected());
  model.publish('modelHere', {}, small);
  expect(await knownAt).toBe(true);
});
