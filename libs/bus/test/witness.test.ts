// S19: what the streams hold of the audit chain can be asked for by the witness, who can do nothing else.
import { randomUUID } from 'node:crypto';
import { connectGatewayBus, connectWitness } from '@switchboard/bus';
import type { Event } from '@switchboard/contract';
import { startTestNats, type TestNats } from '@switchboard/testkit';
import { connect, nkeyAuthenticator } from 'nats';
import { afterAll, beforeAll, expect, test } from 'vitest';

let nats: TestNats;
beforeAll(async () => {
  nats = await startTestNats({ agents: ['workstation'] });
});
afterAll(() => nats.stop());

const seed = (user: string): string => nats.identities[user] ?? '';
const hash = 'ab'.repeat(32);
const time = '2026-01-01T00:00:00.000Z';

function event(seq: number): Event {
  const session = randomUUID();
  return { v: 1, id: `${session}-${seq}`, session, seq, turn: null, type: 'session-created', time, data: {} };
}

test('the heads and the events that were published are its witness', async () => {
  const { bus, events } = await connectGatewayBus({ url: nats.url, user: 'gateway', seed: seed('gateway') });
  const witness = await connectWitness({ url: nats.url, seed: seed('witness') });
  expect(await witness.head()).toBeUndefined();
  expect(await witness.event(1)).toBeUndefined();

  expect(await events.publish(event(1), { seq: 7, hash }, 5_000)).toBe(1);
  expect(await events.publish(event(1), { seq: 8, hash }, 5_000)).toBe(2);
  const head = { v: 1, service: 'gateway', kind: 'head', time, data: { seq: 8, hash } } as const;
  bus.publish('audit', head, { ...head, data: { seq: 7, hash } });
  bus.publish('audit', head, head);
  await bus.flush();
  expect(await witness.range()).toEqual({ first: 1, last: 2 });
  expect(await witness.event(2)).toEqual({ seq: 8, hash });
  await expect.poll(() => witness.head()).toEqual({ seal: { seq: 8, hash }, time });
  await Promise.all([witness.close(), bus.close()]);
});

test('its questions are answered to itself alone: it makes the broker say nothing to the services', async () => {
  const heard: string[] = [];
  const victim = await connect({
    servers: nats.url,
    authenticator: nkeyAuthenticator(new TextEncoder().encode(seed('workstation'))),
  });
  victim.subscribe('sb.skill.workstation.*', { callback: (_, msg) => heard.push(msg.subject) });
  victim.subscribe('_INBOX.workstation.>', { callback: (_, msg) => heard.push(msg.subject) });
  await victim.flush();
  const nc = await connect({
    servers: nats.url,
    authenticator: nkeyAuthenticator(new TextEncoder().encode(seed('witness'))),
    inboxPrefix: '_INBOX.witness',
  });
  for (const reply of ['sb.skill.workstation.run-command', '_INBOX.workstation.x']) {
    nc.publish('sb.kept.STREAM.MSG.GET.SB_EVENTS', '{"seq":1}', { reply });
  }
  // The broker answers one after another: when this has come, those have gone wherever they go.
  await nc.request('sb.kept.STREAM.MSG.GET.SB_EVENTS', '{"seq":1}', { timeout: 5_000 });
  await victim.flush();
  expect(heard).toEqual([]);
  await Promise.all([nc.close(), victim.close()]);
});
