// A call that nobody waits for any more: broken off at its provider, settled, and only by who asked for it.
import { waitUntil } from '@switchboard/testkit';
import { type ModelServer, startModelServer } from '@switchboard/testkit/peers/model-server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asker, entry, openStage, type Running, request, type Stage, serve } from './stage.ts';

let stage: Stage;
let server: ModelServer;
let running: Running;
beforeAll(async () => {
  stage = await openStage();
  server = await startModelServer();
  running = await serve(stage, `models:\n${entry('small', 'openai', server)}`);
});
afterAll(async () => {
  await running?.stop();
  await server?.close();
  await stage?.close();
});

test('the provider is hung up on, what it used is settled, and the call is refused as canceled', async () => {
  server.answer(() => ({ text: 'word '.repeat(2_000), betweenMs: 50 }));
  const asked = request();
  const bus = await stage.bus(asker);
  const refused = stage.refused(asked);
  await waitUntil('it is under way', () => server.open() === 1);
  // Of another asker: it is not theirs.
  (await stage.bus('browser')).publish('modelDrop', { service: 'browser' }, { v: 1, id: asked.id });
  bus.publish('modelDrop', { service: asker }, { v: 1, id: request().id });
  await bus.flush();
  expect(server.open()).toBe(1);
  bus.publish('modelDrop', { service: asker }, { v: 1, id: asked.id });
  expect(await refused).toMatchObject({ code: 'canceled' });
  await waitUntil('nothing is open', () => server.open() === 0);
  await stage.book.balanced();
  expect(stage.book.settled.at(-1)?.promptTokens).toBeGreaterThan(0);
});
