// The testkit's broker: generated users, and deaths on demand.
import { connectBus, createBusIdentity } from '@switchboard/bus';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestNats, type TestNats } from '../src/index.ts';

let nats: TestNats;

beforeAll(async () => {
  nats = await startTestNats({ agents: ['workstation'] });
});

afterAll(() => nats.stop());

async function canConnect(user: string, seed: string): Promise<boolean> {
  try {
    const bus = await connectBus({ url: nats.url, user, seed, connectTimeoutMs: 2_000 });
    await bus.close();
    return true;
  } catch {
    return false;
  }
}

test('every user gets in with its own seed, nobody with another', async () => {
  const users = Object.keys(nats.identities).sort();
  expect(users).toEqual(['gateway', 'model', 'operator', 'provisioner', 'router', 'witness', 'workstation']);
  for (const [user, seed] of Object.entries(nats.identities)) expect(await canConnect(user, seed)).toBe(true);
  expect(await canConnect('gateway', createBusIdentity().seed)).toBe(false);
});

test('is gone after kill9, and back at the same address with an empty disk after a restart that wipes', async () => {
  const seed = nats.identities['router'] ?? '';
  await nats.kill9();
  expect(await canConnect('router', seed)).toBe(false);
  await nats.restart({ wipe: true });
  expect(await canConnect('router', seed)).toBe(true);
});

test('two brokers at once do not meet', async () => {
  const other = await startTestNats();
  try {
    expect(other.url).not.toBe(nats.url);
    const url = other.url;
    const stranger = connectBus({
      url,
      user: 'router',
      seed: nats.identities['router'] ?? '',
      connectTimeoutMs: 2_000,
    });
    await expect(stranger).rejects.toThrow();
  } finally {
    await other.stop();
  }
});
