// Past one machine: of three nats-servers and two gateways any one is killed under load, and nothing is lost or doubled.
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readEvents } from '@switchboard/bus';
import { turnSchema } from '@switchboard/contract';
import { waitUntil } from '@switchboard/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ClusterStage, openClusterStage } from './cluster-stage.ts';

const sessions = 4;
let stage: ClusterStage;
let working = true;

beforeAll(async () => {
  stage = await openClusterStage();
});
afterAll(() => stage?.close());

/** As behind a proxy: whichever gateway answers. */
async function anywhere<T>(what: string, call: (gateway: ClusterStage['gateways'][number]) => Promise<T>): Promise<T> {
  let next = Math.floor(Math.random() * 2);
  const found = await waitUntil(
    what,
    async () => {
      const gateway = stage.gateways[next++ % 2];
      return (
        gateway &&
        (await call(gateway).then(
          (value) => ({ value }),
          () => undefined,
        ))
      );
    },
    60_000,
  );
  return found.value;
}

/** One after another, until it is told to stop. The ids of all turns that were accepted. */
async function talk(session: string, mark: number): Promise<string[]> {
  const ids: string[] = [];
  for (let count = 0; working; count++) {
    const headers = { 'idempotency-key': randomUUID(), prefer: 'wait=5' };
    const body = { input: `write ${mark} to s${mark}/${count}.txt` };
    const path = `/v1/sessions/${session}/turns`;
    const turn = await anywhere('a turn is accepted', ({ client }) =>
      client.call(turnSchema, 'POST', path, body, headers),
    );
    ids.push(turn.id);
    await delay(100);
  }
  return ids;
}

const endOf = (id: string): Promise<string> =>
  waitUntil(
    `turn ${id} ends`,
    async () => {
      const { state } = await anywhere('it is read', ({ client }) => client.call(turnSchema, 'GET', `/v1/turns/${id}`));
      return state !== 'submitted' && state !== 'working' && state;
    },
    60_000,
  );

test('kill any one: nothing is lost, and nothing happens twice', { timeout: 180_000 }, async () => {
  const opened = await Promise.all(
    Array.from({ length: sessions }, () => anywhere('a session', ({ client }) => client.createSession('cluster'))),
  );
  const talks = opened.map(({ id }, mark) => talk(id, mark));
  for (const server of stage.servers) {
    await delay(1_000);
    await server.kill();
    await delay(2_000);
    await server.start();
    // Two of three must be there for the third to be missed.
    await delay(3_000);
  }
  for (const gateway of stage.gateways) {
    await gateway.kill();
    await delay(3_000);
  }
  working = false;
  const turns = (await Promise.all(talks)).flat();
  expect(turns.length).toBeGreaterThan(20);
  expect(new Set(await Promise.all(turns.map(endOf)))).toEqual(new Set(['completed']));

  const written = opened.flatMap((_, mark) => {
    const folder = join(stage.workspace, `s${mark}`);
    return readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8').trim() === String(mark));
  });
  expect(written).toEqual(turns.map(() => true));

  // The stream is a copy of the record: every end of every turn, and no gap before it.
  const options = { url: stage.urls, user: 'auditor', seed: stage.auditorSeed };
  await waitUntil(
    'every event is in the stream',
    async () => {
      const seqs = new Map<string, Set<number>>();
      const ended = new Set<string>();
      for await (const { session, seq, turn, type } of readEvents(options)) {
        seqs.set(session, (seqs.get(session) ?? new Set()).add(seq));
        if (turn !== null && type === 'turn-completed') ended.add(turn);
      }
      return turns.every((id) => ended.has(id)) && [...seqs.values()].every(withoutGap);
    },
    30_000,
  );
  console.log(`${turns.length} turns under five kills, all completed once`);
});

/** Repeats are allowed: what was not acknowledged is published again. */
function withoutGap(seqs: ReadonlySet<number>): boolean {
  const sorted = [...seqs].sort((a, b) => a - b);
  return sorted.every((seq, index) => index === 0 || seq === (sorted[index - 1] ?? 0) + 1);
}
