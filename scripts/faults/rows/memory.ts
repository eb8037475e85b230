// M: what each process holds in memory over many turns, on the system as `npm start` runs it.
import { startSystem } from '@switchboard/testkit/start-system';
import { type Held, memoryOf } from '../../bench/memory.ts';
import { measureTurns } from '../../bench/turns.ts';
import { claims, type Row } from './row.ts';

/** A heap that is cleared now and then shows another size at each look: each quarter is a mean of five. */
const looks = 20;
const saidEvery = 4;
const growthMax = 1.05;
const concurrency = 24;

function meanMb(samples: readonly Held[][], name: string): number {
  const sizes = samples.map((held) => held.find((one) => one.name === name)?.proportionalMb ?? Number.NaN);
  return sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
}

const sentence = (worker: number): string =>
  worker % 2 === 0 ? 'list files' : `write buy milk to memory/${worker}.txt`;

export const memoryRow: Row = {
  id: 'M',
  title: 'no process grows over many turns',
  async run({ options, say }) {
    const { must, broken } = claims();
    const each = Math.ceil(options.memoryTurns / looks);
    const samples: Held[][] = [];
    const residentMb: Record<string, Record<string, number>> = {};
    const system = await startSystem();
    try {
      while (samples.length < looks) {
        await measureTurns(system, each, concurrency, sentence);
        const held = memoryOf(system);
        samples.push(held);
        if (samples.length % saidEvery !== 0) continue;
        const sizes = Object.fromEntries(held.map(({ name, residentMb: size }) => [name, Math.round(size)]));
        residentMb[samples.length * each] = sizes;
        say(`  ${samples.length * each} turns: ${JSON.stringify(sizes)} MiB`);
      }
    } finally {
      await system.close();
    }
    // V8 and the database take memory for a while and then keep it: what still grows in the last quarter does not stop.
    const quarter = looks / 4;
    const growth = (samples[0] ?? []).map(({ name }): [string, number] => {
      const ratio = meanMb(samples.slice(3 * quarter), name) / meanMb(samples.slice(2 * quarter, 3 * quarter), name);
      must(ratio <= growthMax, `${name} is ${ratio.toFixed(2)} × as large in the last quarter as in the third`);
      return [name, Math.round(ratio * 1_000) / 1_000];
    });
    return {
      broken,
      figures: { turns: looks * each, residentMb, lastQuarterToThird: Object.fromEntries(growth) },
    };
  },
};
