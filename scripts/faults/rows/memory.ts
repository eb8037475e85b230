// M: what each process holds in memory over many turns, on the system as `npm start` runs it.
import { startSystem } from '@switchboard/testkit/start-system';
import { type Held, memoryOf } from '../../bench/memory.ts';
import { measureTurns } from '../../bench/turns.ts';
import { claims, type Row } from './row.ts';

const looks = 20;
const quarter = looks / 4;
const saidEvery = 4;
const growthMax = 1.05;
/** Over a quarter of 5,000 turns: 1.6 KiB a turn, less than one turn that is not let go of. */
const growthMbMax = 8;
const concurrency = 24;

/**
 * The smallest of five looks: a heap grows until it is cleared, by half its size and more, and what cannot be cleared is
 * what shows when it has just been. Pages that processes share are counted once.
 */
function troughMb(samples: readonly Held[][], name: string): number {
  return Math.min(...samples.map((held) => held.find((one) => one.name === name)?.proportionalMb ?? Number.NaN));
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
    const growth = (samples[0] ?? []).map(({ name }): [string, number] => {
      const third = troughMb(samples.slice(2 * quarter, 3 * quarter), name);
      const last = troughMb(samples.slice(3 * quarter), name);
      const flat = last <= Math.max(third * growthMax, third + growthMbMax);
      must(flat, `${name} went from ${third.toFixed(0)} MiB in the third quarter to ${last.toFixed(0)} in the last`);
      return [name, Math.round((100 * last) / third) / 100];
    });
    const figures = { turns: looks * each, residentMb, lastQuarterToThird: Object.fromEntries(growth) };
    return { broken, figures, details: { samples } };
  },
};
