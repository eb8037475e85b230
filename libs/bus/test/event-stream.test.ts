// The gateway's way into the stream: nothing is published into a stream that has not been looked at.
import { randomUUID } from 'node:crypto';
import { connectGatewayBus } from '@switchboard/bus';
import type { Event } from '@switchboard/contract';
import { startTestNats } from '@switchboard/testkit';
import { expect, test } from 'vitest';

const seal = { seq: 1, hash: '0'.repeat(64) };

function event(seq: number): Event {
  const session = randomUUID();
  const time = new Date().toISOString();
  return { v: 1, id: `${session}-${seq}`, session, seq, turn: null, type: 'session-created', time, data: {} };
}

test('after the bus was away, the stream has to be looked at before anything is published', async () => {
  const nats = await startTestNats();
  const back = Promise.withResolvers<void>();
  const { bus, events } = await connectGatewayBus({
    url: nats.url,
    user: 'gateway',
    seed: nats.identities['gateway'] ?? '',
    onState: (connected) => connected && back.resolve(),
  });
  expect(await events.publish(event(1), seal, 5_000)).toBe(1);
  const before = await events.state();
  await nats.restart({ wipe: true });
  await back.promise;
  await expect(events.publish(event(2), seal, 5_000)).rejects.toMatchObject({ kind: 'disconnected' });
  const after = await events.state();
  expect(after).toMatchObject({ lastSequence: 0 });
  expect(after?.created).not.toBe(before?.created);
  expect(await events.publish(event(2), seal, 5_000)).toBe(1);
  await bus.close();
  await nats.stop();
});
