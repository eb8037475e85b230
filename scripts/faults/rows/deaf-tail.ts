// F20: an operator's tail that never reads is dropped by the broker, and nobody else notices.
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { turnSchema } from '@switchboard/contract';
import { measure } from '../../bench/measure.ts';
import { residentMb } from '../../bench/memory.ts';
import { type Bench, openBench } from '../load/bench.ts';
import { sayWith } from '../plan.ts';
import { connectRaw, type RawClient } from '../raw/raw-client.ts';
import type { Stage } from '../stage/stage.ts';
import { worldSkillOf } from '../world/world-skills.ts';
import { claims, type Row } from './row.ts';

const rounds = 4;
const turns = 400;
const concurrency = 4;
/** Said with each turn, three bytes a character: some megabytes of events in a second. */
const words = '…'.repeat(9_500);
/** The broker's `write_deadline` is 10 s; it runs from when the buffers are full. */
const dropMsMax = 40_000;
/** What the broker keeps for one client at most (`max_pending`). */
const pendingMbMax = 64;

async function tail({ broker }: Stage): Promise<RawClient> {
  const client = await connectRaw({ port: broker.port, seed: broker.seeds['operator'] ?? '' });
  for (const subject of ['sb.event.>', 'sb.audit.>']) client.subscribe(subject);
  return client;
}

const median = (sorted: readonly number[]): number =>
  sorted.toSorted((a, b) => a - b)[sorted.length >> 1] ?? Number.NaN;
const rounded = (values: readonly number[]): number[] => values.map(Math.round);

/** Milliseconds within which 99 of 100 turns were answered. Throws for a turn that is not completed. */
async function talk({ api, key }: Bench, count: number): Promise<number> {
  const sessions = await Promise.all(Array.from({ length: concurrency }, () => api.createSession()));
  const { p99 } = await measure(count, concurrency, async (worker) => {
    const input = sayWith([{ skill: worldSkillOf.once, key: key(), ms: 0 }], words);
    const headers = { 'idempotency-key': randomUUID(), prefer: 'wait=30' };
    const path = `/v1/sessions/${sessions[worker]}/turns`;
    const answer = await api.call('POST', path, { body: { input }, headers, timeoutMs: 35_000 });
    const { state } = turnSchema.parse(answer.body);
    if (state !== 'completed') throw new Error(`a turn is ${state}`);
  });
  return p99;
}

/** Goes on talking until the broker has dropped that client; what its log says of it. */
async function untilDropped(bench: Bench, { address }: RawClient): Promise<string | undefined> {
  const until = Date.now() + dropMsMax;
  while (Date.now() < until) {
    const line = bench.stage.broker.slowConsumers().find((one) => one.includes(`${address} `));
    if (line !== undefined) return line;
    await talk(bench, concurrency);
    await delay(250);
  }
  return undefined;
}

export const deafTailRow: Row = {
  id: 'F20',
  title: 'an operator’s tail that never reads is dropped, and every turn is done; what it costs is told',
  async run({ stage, say }) {
    const bench = await openBench(await stage());
    const { broker } = bench.stage;
    const { must, broken } = claims();
    const [without, withTail, brokerMb, saidMb]: [number[], number[], number[], number[]] = [[], [], [], []];
    const reading = await tail(bench.stage);
    await talk(bench, turns / 4);
    let dropped = 0;
    for (let round = 0; round < rounds; round++) {
      without.push(await talk(bench, turns));
      const deaf = await tail(bench.stage);
      deaf.deafen();
      const before = reading.heardBytes();
      withTail.push(await talk(bench, turns));
      const line = await untilDropped(bench, deaf);
      saidMb.push((reading.heardBytes() - before) / 1024 ** 2);
      deaf.close();
      if (line !== undefined) dropped++;
      must(
        line !== undefined,
        `round ${round + 1}: ${Math.round(saidMb.at(-1) ?? 0)} MiB were said, and it is still there`,
      );
      brokerMb.push(residentMb(broker.pid()));
      say(`  p99 ${rounded([without.at(-1) ?? 0, withTail.at(-1) ?? 0]).join(' and ')} ms; ${line ?? 'not dropped'}`);
    }
    const [first = 0] = brokerMb;
    const grown = Math.max(...brokerMb) - first;
    must(grown <= pendingMbMax, `the broker grew by ${Math.round(grown)} MiB from the first deaf tail to the last`);
    const heldBack = broker.slowConsumers().filter((line) => line.includes(`${reading.address} `)).length;
    must(heldBack === 0, 'a tail that reads was dropped too');
    reading.close();
    const figures = {
      turns: 2 * rounds * turns,
      dropped: `${dropped} of ${rounds}`,
      saidToEachMb: rounded(saidMb),
      p99Ms: { without: rounded(without), withTail: rounded(withTail) },
      ratioOfMedians: Math.round((100 * median(withTail)) / median(without)) / 100,
      brokerResidentMb: rounded(brokerMb),
    };
    return { broken, figures };
  },
};
