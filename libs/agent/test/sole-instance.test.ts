// F23 on the bus alone: of several instances of an agent exactly one stays, whoever asks first.
import { type Bus, connectBus } from '@switchboard/bus';
import { startTestNats, type TestNats } from '@switchboard/testkit';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type SoleInstance, watchForOthers } from '../src/sole-instance.ts';
import { agentName } from './invocations.ts';

const [elder, younger, youngest] = [1, 2, 3].map((last) => `0197a000-0000-7000-8000-00000000000${last}`);

let nats: TestNats;
const buses: Bus[] = [];
beforeAll(async () => {
  nats = await startTestNats({ agents: [agentName] });
});
afterEach(async () => {
  for (const bus of buses.splice(0)) await bus.close();
});
afterAll(() => nats.stop());

async function instance(id = ''): Promise<SoleInstance> {
  const bus = await connectBus({ url: nats.url, user: agentName, seed: nats.identities[agentName] ?? '' });
  buses.push(bus);
  const made = watchForOthers(bus, agentName, id);
  await bus.flush();
  return made;
}

it('one alone hears nobody but itself, however often it asks', async () => {
  const only = await instance(elder);
  expect(await only.other()).toBeUndefined();
  expect(await only.other()).toBeUndefined();
});

it('one that is there stays, however old the one is that comes', async () => {
  const there = await instance(younger);
  expect(await there.other()).toBeUndefined();
  const [older, newer] = [await instance(elder), await instance(youngest)];
  expect(await Promise.all([older.other(), newer.other()])).toEqual([younger, expect.any(String)]);
});

it('of two that ask at once the elder stays', async () => {
  const [one, two] = [await instance(younger), await instance(elder)];
  expect(await Promise.all([one.other(), two.other()])).toEqual([elder, undefined]);
});

it('and also when it was not there yet as the younger one asked', async () => {
  const early = await instance(younger);
  const asked = early.other();
  const late = await instance(elder);
  expect(await Promise.all([asked, late.other()])).toEqual([elder, undefined]);
});
