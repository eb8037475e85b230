// M: what each process holds in memory over many turns, on the system as `npm start` runs it.
import { startSystem } from '@switchboard/testkit/start-system';
import { tempFolder } from '@switchboard/testkit/temp-folder';
import { type Held, memoryOf } from '../../bench/memory.ts';
import { measureTurns } from '../../bench/turns.ts';
import { heapReporting, liveHeapMb } from '../memory/live-heaps.ts';
import { claims, type Row } from './row.ts';

const looks = 20;
const quarter = looks / 4;
const saidEvery = 4;
const concurrency = 24;
const servers: readonly string[] = ['nats-server', 'PostgreSQL'];
/**
 * Over a quarter of 5,000 turns. A live heap: 0.4 KiB a turn, less than one turn that is not let go of. A server: its own
 * business, such as the broker's index of what its stream holds.
 */
const growthMbMax = { heap: 2, server: 8 } as const;

const sentence = (worker: number): string =>
  worker % 2 === 0 ? 'list files' : `write buy milk to memory/${worker}.txt`;

/** MiB by name: of our own processes what is live, of the servers what is resident. */
async function weigh(held: readonly Held[], folder: string): Promise<Record<string, number>> {
  const weighed: Record<string, number> = {};
  for (const { name, pids, proportionalMb } of held) {
    if (servers.includes(name)) weighed[name] = proportionalMb;
    else for (const pid of pids) weighed[name] = (weighed[name] ?? 0) + (await liveHeapMb(folder, pid));
  }
  return weighed;
}

const least = (samples: readonly Record<string, number>[], name: string): number =>
  Math.min(...samples.map((sample) => sample[name] ?? Number.NaN));
const rounded = (sample: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(sample).map(([name, mb]) => [name, Math.round(mb * 10) / 10]));

export const memoryRow: Row = {
  id: 'M',
  title: 'no process grows over many turns',
  async run({ options, say }) {
    const { must, broken } = claims();
    const each = Math.ceil(options.memoryTurns / looks);
    const samples: Record<string, number>[] = [];
    let resident: Record<string, number> = {};
    const folder = await tempFolder();
    const system = await startSystem({ env: { NODE_OPTIONS: heapReporting(folder.path) } });
    try {
      while (samples.length < looks) {
        await measureTurns(system, each, concurrency, sentence);
        const held = memoryOf(system);
        resident = Object.fromEntries(held.map(({ name, residentMb }) => [name, residentMb]));
        const weighed = await weigh(held, folder.path);
        samples.push(weighed);
        if (samples.length % saidEvery !== 0) continue;
        say(`  ${samples.length * each} turns: ${JSON.stringify(rounded(weighed))} MiB`);
      }
    } finally {
      await system.close();
      await folder.remove();
    }
    // Caches fill for a while and then stay: what still grows in the last quarter does not stop.
    const grown = Object.keys(samples[0] ?? {}).map((name): [string, number] => {
      const third = least(samples.slice(2 * quarter, 3 * quarter), name);
      const last = least(samples.slice(3 * quarter), name);
      const max = servers.includes(name) ? growthMbMax.server : growthMbMax.heap;
      must(last - third <= max, `${name} went from ${third.toFixed(1)} MiB in the third quarter to ${last.toFixed(1)}`);
      return [name, last - third];
    });
    const figures = {
      turns: looks * each,
      liveMb: rounded(samples.at(-1) ?? {}),
      grownMbInLastQuarter: rounded(Object.fromEntries(grown)),
      residentMbAtTheEnd: rounded(resident),
    };
    return { broken, figures, details: { samples } };
  },
};
