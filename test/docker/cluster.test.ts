// The cluster, rehearsed on one engine: a broker and a gateway are killed, and the standby takes the database over.

import { turnSchema } from '@switchboard/contract';
import { waitUntil } from '@switchboard/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type Client, connect } from '../../scripts/client/client.ts';
import { docker } from './stack/docker.ts';
import { freePort, newPlace, openStack, type Stack } from './stack/stack.ts';

let stack: Stack;
let client: Client;
let second: Client;

beforeAll(async () => {
  const port = await freePort();
  const place = await newPlace({ overrides: ['deploy/cluster/docker-compose.yml'], env: { PORT_2: String(port) } });
  stack = openStack(place);
  await stack.up({ without: ['messenger', 'business', 'browser', 'welcome'] });
  const key = (await stack.compose(['run', '--rm', '-T', '--no-deps', 'operator', 'key'])).trim();
  client = connect(stack.url, key);
  second = connect(`http://127.0.0.1:${port}`, key);
  await Promise.all([client, second].map((one) => one.waitUntilReady(['workstation'], 60_000)));
});
afterAll(() => stack.down());

const name = (service: string): string => `${stack.project}-${service}-1`;

test('every stream is kept by three, and both gateways take turns of one session', async () => {
  const look = 'wget -qO- "http://127.0.0.1:8222/jsz?streams=true&config=true"';
  const info = await docker(['exec', name('nats'), 'sh', '-c', look]);
  const replicas = Array.from(info.matchAll(/"num_replicas": (\d)/g), ([, count]) => count);
  expect(replicas).toEqual(['3', '3']);
  const session = await client.homeSession();
  expect((await client.say(session, 'write one to cluster.txt')).state).toBe('completed');
  expect((await second.say(session, 'read cluster.txt')).output?.text).toContain('one');
});

test.each(['nats', 'nats-2', 'gateway'])('without %s it goes on', async (service) => {
  await docker(['kill', name(service)]);
  const session = await second.homeSession();
  await waitUntil(
    'a turn is done',
    async () =>
      (await second.say(session, `write ${service} to cluster.txt`).catch(() => undefined))?.state === 'completed',
    60_000,
  );
  await docker(['start', name(service)]);
  await waitUntil('it is back', () => client.homeSession().catch(() => undefined), 60_000);
});

test('the standby takes the database over, and knows all that was accepted', async () => {
  const session = await client.homeSession();
  const turn = await client.say(session, 'write last words to last.txt');
  const replayed = 'SELECT pg_last_wal_replay_lsn() >= pg_last_wal_receive_lsn() AND pg_is_in_recovery()';
  const sql = (text: string): Promise<string> =>
    docker(['exec', name('postgres-standby'), 'psql', '-U', 'postgres', '-d', 'switchboard', '-Atc', text]);
  expect((await sql(replayed)).trim()).toBe('t');
  await docker(['kill', name('postgres')]);
  await sql('SELECT pg_promote()');
  // As docs/SCALING.md says it: the addresses are made anew, and what uses them starts again.
  const moved = { DATABASE_HOST: 'postgres-standby' };
  await stack.compose(['run', '--rm', '-T', '--no-deps', 'init'], { env: moved });
  await docker(['restart', '--time', '5', name('gateway'), name('gateway-2')]);
  await Promise.all([client, second].map((one) => one.waitUntilReady(['workstation'], 60_000)));
  const found = await client.call(turnSchema, 'GET', `/v1/turns/${turn.id}`);
  expect(found.state).toBe('completed');
  expect((await client.say(session, 'read last.txt')).output?.text).toContain('last words');
  expect(z.string().parse((await second.say(session, 'read cluster.txt')).output?.text)).toContain('gateway');
});
