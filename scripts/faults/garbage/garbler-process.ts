// An agent that answers wrongly in whatever way it is asked to, over a bare connection: nothing checks what it says.
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { subject, subjectFilter } from '@switchboard/contract';
import { z } from 'zod';
import { connectRaw, type RawClient, type RawMessage } from '../raw/raw-client.ts';
import { garbler, garblerHello } from './garble-skills.ts';
import { announcements, type Way, type WayName, ways } from './ways.ts';

const intervalMs = 500;
const { BUS_PORT = '', BUS_SEED = '' } = process.env;
const agent = { agent: garbler };
const who = subject('who', {});
const invokeSchema = z.object({
  id: z.string(),
  input: z.object({ way: z.enum(Object.keys(ways) as [WayName, ...WayName[]]) }),
});
const statusSchema = z.object({ id: z.string() });

const asked = new Map<string, { readonly way: Way; readonly answeredAt: number }>();
const hello = garblerHello(randomUUID());

function take(client: RawClient, { subject: to, reply, body }: RawMessage): void {
  if (to === who) client.publish(subject('hello', agent), JSON.stringify(hello));
  if (to === who || reply === undefined) return;
  const say = (answers: readonly (string | Buffer)[]): void => {
    for (const answer of answers) client.publish(reply, answer);
  };
  if (to.startsWith('sb.skill.')) {
    const { id, input } = invokeSchema.parse(JSON.parse(body.toString()));
    const way: Way = ways[input.way];
    asked.set(id, { way, answeredAt: Date.now() + (way.afterMs ?? 0) });
    setTimeout(() => say(way.answers(id)), way.afterMs ?? 0);
    return;
  }
  const { id } = statusSchema.parse(JSON.parse(body.toString()));
  const known = asked.get(id);
  if (known === undefined) say([JSON.stringify({ v: 1, id, state: 'not-seen' })]);
  else if (Date.now() < known.answeredAt) say([JSON.stringify({ v: 1, id, state: 'running' })]);
  else say(known.way.afterwards === undefined ? known.way.answers(id) : [known.way.afterwards]);
}

/** Until the broker ends the connection. */
async function live(): Promise<void> {
  const client: RawClient = await connectRaw({
    port: Number(BUS_PORT),
    seed: BUS_SEED,
    onMessage: (message) => take(client, message),
  });
  for (const filter of [who, subjectFilter('invoke', agent), subject('status', agent), subject('cancel', agent)]) {
    client.subscribe(filter);
  }
  for (const garbage of announcements) {
    client.publish(subject('hello', agent), garbage);
    client.publish(subject('heartbeat', agent), garbage);
  }
  client.publish(subject('hello', agent), JSON.stringify(hello));
  const { id, revision } = hello;
  const beat = { v: 1, name: garbler, id, revision, running: 0, intervalMs, draining: false };
  const timer = setInterval(() => client.publish(subject('heartbeat', agent), JSON.stringify(beat)), intervalMs);
  process.send?.({ ready: true });
  await client.ended;
  clearInterval(timer);
}

process.on('disconnect', () => process.exit(0));
for (;;) {
  await live().catch((error: unknown) => console.error(`${garbler}: ${error}`));
  await delay(100);
}
