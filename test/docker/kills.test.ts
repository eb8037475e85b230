// Each container is killed in the middle of turns: every turn that was accepted ends once, and the chain holds.
import { randomUUID } from 'node:crypto';
import { turnSchema } from '@switchboard/contract';
import { waitUntil } from '@switchboard/testkit';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import type { Client } from '../../scripts/client/client.ts';
import { docker } from './stack/docker.ts';
import { agents, openStack, services } from './stack/stack.ts';

const stack = openStack(inject('shared'));
const turnsEach = 6;
const ended = new Set(['completed', 'failed', 'canceled', 'rejected']);

let client: Client;
beforeAll(async () => {
  client = await stack.client();
});

/** Sends it as a careful program does: the same key until there is an answer. */
async function accepted(session: string, input: string): Promise<string> {
  const key = randomUUID();
  let turn: string | undefined;
  await waitUntil(
    'the turn is accepted',
    async () => {
      const path = `/v1/sessions/${session}/turns`;
      const sent = client.call(turnSchema, 'POST', path, { input }, { 'idempotency-key': key });
      turn = await sent.then(
        ({ id }) => id,
        () => undefined,
      );
      return turn !== undefined;
    },
    60_000,
  );
  if (turn === undefined) throw new Error('it was never accepted');
  return turn;
}

async function end(turn: string): Promise<string> {
  let state = '';
  await waitUntil(
    'the turn ends',
    async () => {
      state = await client.call(turnSchema, 'GET', `/v1/turns/${turn}`).then(
        (found) => found.state,
        () => '',
      );
      return ended.has(state);
    },
    90_000,
  );
  return state;
}

describe.each(services)('%s is killed', (service) => {
  test(`while ${turnsEach} turns are under way`, async () => {
    const name = stack.container(service);
    const sessions = await Promise.all(Array.from({ length: 3 }, () => client.createSession(`kill ${service}`)));
    const sending = Array.from({ length: turnsEach }, (_, index) => {
      const session = sessions[index % sessions.length]?.id ?? '';
      return accepted(session, `write ${index} to kills/${service}-${index}.txt`);
    });
    await docker(['kill', '--signal', 'KILL', name]);
    // The engine takes this kill for the operator's wish; after a crash it would start it by itself.
    await docker(['start', name]);
    const turns = await Promise.all(sending);
    expect(new Set(turns).size).toBe(turnsEach);
    expect(await Promise.all(turns.map(end))).toEqual(Array.from({ length: turnsEach }, () => 'completed'));
    await client.waitUntilReady(agents, 60_000);
  });
});

test('what crashes is started again by the engine', async () => {
  await stack.shell('gateway', 'kill -9 -1');
  await client.waitUntilReady(agents, 60_000);
  expect(await docker(['inspect', '-f', '{{.RestartCount}}', stack.container('gateway')])).toBe('1\n');
});

test('each effect was had once, and the audit chain is whole', async () => {
  const { stdout } = await stack.shell(
    'workstation',
    'cd /workspace/kills && for f in *; do echo "$f $(cat $f)"; done',
  );
  const wanted = services.flatMap((service) =>
    Array.from({ length: turnsEach }, (_, index) => `${service}-${index}.txt ${index}`),
  );
  expect(stdout.split('\n').filter(Boolean).sort()).toEqual(wanted.sort());
  const audit = await stack.compose(['run', '--rm', '-T', 'operator', 'audit', 'verify']);
  expect(audit).toMatch(/✓ \d+ entries are as they were sealed, and [1-9]\d* of them as they were published/);
});
