// `npm run bench`: how long a turn takes and what it costs beyond its bare hops; start-up time; memory.
// It measures this machine at this moment: the ratio is what compares. The model is one of tests that answers at once; large files are not measured.
import { cpus } from 'node:os';
import { join } from 'node:path';
import { tempFolder } from '@switchboard/testkit';
import { type System, startSystem } from '@switchboard/testkit/start-system';
import { hops, startFloor } from './bench/floor.ts';
import type { Timing } from './bench/measure.ts';
import { memoryOf } from './bench/memory.ts';
import { measureModel, modelLines, startBenchModel } from './bench/model.ts';
import { measureTurns } from './bench/turns.ts';

const runs = [
  { concurrency: 1, count: 300 },
  { concurrency: 8, count: 1_000 },
  { concurrency: 32, count: 2_000 },
] as const;
const warmUp = 200;
const idleMs = 3_000;

const ms = (value: number): string => value.toFixed(1).padStart(7);
const row = (name: string, timing: Timing): string =>
  `${name.padEnd(34)}${ms(timing.p50)}${ms(timing.p95)}${ms(timing.p99)}${timing.perSecond.toFixed(0).padStart(9)}`;

async function timedStart(
  home: string,
  env: Readonly<Record<string, string>> = {},
): Promise<{ system: System; seconds: number }> {
  const started = performance.now();
  const system = await startSystem({ home, env });
  return { system, seconds: (performance.now() - started) / 1000 };
}

/** Turns of rules, beside the bare cost of their hops; and what the processes hold. */
async function measureRules(system: System, floorFolder: string): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, idleMs));
  const idle = memoryOf(system);
  const sentence = (worker: number): string => `write buy milk to bench/${worker}.txt`;
  await measureTurns(system, warmUp, 8, sentence);
  const floor = await startFloor(floorFolder);
  await floor.measure(warmUp, 8);

  console.log(`\n${'milliseconds'.padEnd(34)}    p50    p95    p99  turns/s`);
  for (const { concurrency, count } of runs) {
    const bare = await floor.measure(count, concurrency);
    const read = await measureTurns(system, count, concurrency, () => 'list files');
    const write = await measureTurns(system, count, concurrency, sentence);
    console.log(row(`${concurrency} at a time: bare hops`, bare));
    console.log(row(`  turn that reads (list files)`, read));
    console.log(row(`  turn that writes (write … to …)`, write));
    console.log(`  write ÷ bare: p50 ${(write.p50 / bare.p50).toFixed(1)}, p95 ${(write.p95 / bare.p95).toFixed(1)}`);
  }
  console.log(`\nbare hops: ${hops.commits} commits, ${hops.fsyncs} fsyncs, ${hops.requests} requests over the bus`);

  const after = memoryOf(system);
  console.log(
    `\n${'memory, MiB'.padEnd(18)}${'idle RSS'.padStart(10)}${'idle PSS'.padStart(10)}${'RSS after'.padStart(11)}`,
  );
  for (const held of idle) {
    const later = after.find((one) => one.name === held.name)?.residentMb ?? Number.NaN;
    const name = held.pids.length > 1 ? `${held.name} (${held.pids.length})` : held.name;
    const figures = [held.residentMb, held.proportionalMb, later].map((value) => value.toFixed(0).padStart(10));
    console.log(`${name.padEnd(18)}${figures.join('')}`);
  }
  await floor.close();
}

/** `npm run bench -- model`: only the turns that a model leads. */
const [only] = process.argv.slice(2);
const folder = await tempFolder();
const home = join(folder.path, 'home');
try {
  console.log(`${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}\n`);
  const first = await timedStart(home);
  await first.system.stop();
  const model = await startBenchModel(folder.path);
  const { system, seconds } = await timedStart(home, model.env);
  console.log(`start-up: ${first.seconds.toFixed(1)} s with an empty home, ${seconds.toFixed(1)} s with its data`);

  if (only !== 'model') await measureRules(system, folder.path);
  for (const line of modelLines(await measureModel(system, model))) console.log(line);
  await system.stop();
  await model.server.close();
} finally {
  await folder.remove();
}
