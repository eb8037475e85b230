// Requests, their deadlines and their doubts; what is refused unread; and a bus that is away.
import { randomUUID } from 'node:crypto';
import { invocationId, SwitchboardError } from '@switchboard/contract';
import { startTestNats, type TestNats, waitUntil } from '@switchboard/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type Bus,
  BusError,
  connectBus,
  connectGatewayBus,
  createSigner,
  createSigningKeys,
  createVerifier,
} from '../src/index.ts';

const parameters = { agent: 'workstation' } as const;
const id = invocationId(randomUUID(), 1, 1);
let nats: TestNats;
let gateway: Bus;
let agent: Bus;
beforeAll(async () => {
  nats = await startTestNats({ agents: ['workstation'] });
  const seed = (user: string): string => nats.identities[user] ?? '';
  gateway = (await connectGatewayBus({ url: nats.url, user: 'gateway', seed: seed('gateway') })).bus;
  agent = await connectBus({ url: nats.url, user: 'workstation', seed: seed('workstation') });
});
afterAll(async () => {
  await Promise.all([gateway?.close(), agent?.close()]);
  await nats?.stop();
});

const ask = (timeoutMs = 5_000) =>
  gateway.request('status', parameters, { v: 1, id }, { replier: 'workstation', timeoutMs });
const running = (each: string) => ({ v: 1, id: each, state: 'running' }) as const;
const kindOf = async (call: Promise<unknown>): Promise<string> => {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error instanceof BusError ? error.kind : String(error);
};

test('many requests at once each get their own answer', async () => {
  const serving = agent.respond('status', async ({ message }) => running(message.id), {
    parameters,
  });
  await agent.flush();
  const ids = Array.from({ length: 200 }, (_, step) => invocationId(randomUUID(), 1, step + 1));
  const answers = await Promise.all(
    ids.map((each) =>
      gateway.request('status', parameters, { v: 1, id: each }, { replier: 'workstation', timeoutMs: 5_000 }),
    ),
  );
  expect(answers.map((answer) => answer.id)).toEqual(ids);
  await serving.drain();
});

test('nobody listening is known at once; no answer is a doubt', async () => {
  await agent.flush();
  const started = Date.now();
  expect(await kindOf(ask())).toBe('no-responders');
  expect(Date.now() - started).toBeLessThan(2_000);
  const serving = agent.respond('status', () => new Promise(() => {}), { parameters });
  await agent.flush();
  expect(await kindOf(ask(100))).toBe('timeout');
  await serving.drain();
});

test('a deliberate refusal reaches the asker with its code; anything else is internal', async () => {
  const errors = [new SwitchboardError('overloaded', 'Too much'), new Error('secret detail')];
  const serving = agent.respond('status', () => Promise.reject(errors.shift()), { parameters });
  await agent.flush();
  await expect(ask()).rejects.toMatchObject({ kind: 'refused', info: { code: 'overloaded', message: 'Too much' } });
  const internal = await ask().catch((error: unknown) => error);
  expect(internal).toMatchObject({ info: { code: 'internal' } });
  expect(String(internal)).not.toContain('secret');
  await serving.drain();
});

test('an answer in other words is malformed', async () => {
  const serving = agent.respond('status', async () => ({ v: 2, id, state: 'maybe' }) as never, { parameters });
  await agent.flush();
  expect(await kindOf(ask())).toBe('malformed');
  await serving.drain();
});

test('what is not signed by the gateway is refused unread', async () => {
  const keys = createSigningKeys();
  const heard: unknown[] = [];
  const refused: string[] = [];
  const serving = agent.respond(
    'status',
    async ({ message }) => {
      heard.push(message);
      return running(id);
    },
    { parameters, verifier: createVerifier(keys.publicKey), onRefused: ({ code }) => refused.push(code) },
  );
  await agent.flush();
  const signed = (privateKey: string) =>
    gateway.request(
      'status',
      parameters,
      { v: 1, id },
      { replier: 'workstation', timeoutMs: 5_000, signer: createSigner(privateKey) },
    );
  await expect(ask()).rejects.toMatchObject({ info: { code: 'unauthenticated' } });
  await expect(signed(createSigningKeys().privateKey)).rejects.toMatchObject({ info: { code: 'unauthenticated' } });
  expect([heard, refused]).toEqual([[], ['unauthenticated', 'unauthenticated']]);
  expect(await signed(keys.privateKey)).toMatchObject({ state: 'running' });
  await serving.drain();
});

test('a bus that is away throws at once, ends what was asked, and comes back', async () => {
  const serving = agent.respond('status', () => new Promise(() => {}), { parameters });
  await agent.flush();
  const pending = kindOf(ask(30_000));
  await nats.kill9();
  expect(await pending).toBe('timeout');
  await waitUntil('the client to notice', () => !gateway.connected());
  expect(() => gateway.publish('who', {}, { v: 1 })).toThrow(BusError);
  expect(await kindOf(ask())).toBe('disconnected');
  await nats.restart();
  await waitUntil('the bus to be back', () => gateway.connected() && agent.connected());
  await serving.drain();
  const again = agent.respond('status', async () => ({ v: 1, id, state: 'not-seen' }) as const, { parameters });
  await agent.flush();
  expect(await ask()).toMatchObject({ state: 'not-seen' });
  await again.drain();
});
