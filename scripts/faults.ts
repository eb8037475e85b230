// `npm run faults`: does to the whole system what the promises are made against, and says which of them held.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { readOptions, usage } from './faults/options.ts';
import type { Row, RowContext, RowResult } from './faults/rows/row.ts';
import { rows } from './faults/rows/rows.ts';
import { openStage, type Stage } from './faults/stage/stage.ts';
import { projectRoot } from './start/settings.ts';

interface Ran extends RowResult {
  readonly id: string;
  readonly title: string;
  readonly seconds: number;
}

const say = (line: string): void => console.log(line);

async function runRow(row: Row, context: RowContext): Promise<Ran> {
  say(`${row.id} ${row.title}`);
  const startedAt = performance.now();
  const result = await row
    .run(context)
    .catch((error: unknown): RowResult => ({ broken: [`it could not be run: ${error}`], figures: {} }));
  return { ...result, id: row.id, title: row.title, seconds: Math.round((performance.now() - startedAt) / 100) / 10 };
}

function stateOf({ skipped, broken }: RowResult): 'passed' | 'failed' | 'skipped' {
  if (broken.length > 0) return 'failed';
  return skipped === undefined ? 'passed' : 'skipped';
}

const headline = (row: Ran): string =>
  `${row.id.padEnd(4)} ${stateOf(row).padEnd(8)} ${String(row.seconds).padStart(6)} s  ${row.title}`;

function print(row: Ran): void {
  say(headline(row));
  if (row.skipped !== undefined) say(`       not tried here: ${row.skipped}`);
  for (const [name, figure] of Object.entries(row.figures)) say(`       ${name}: ${JSON.stringify(figure)}`);
  for (const what of row.broken) say(`     ✗ ${what}`);
  say('');
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options.help) return say(usage);
  const wanted = options.naive ? ['F02'] : options.only;
  const chosen = rows.filter(({ id }) => wanted.length === 0 || wanted.includes(id));
  if (chosen.length === 0) throw new Error(`no such row; there are ${rows.map(({ id }) => id).join(', ')}`);
  const startedAt = new Date();
  say(`seed ${options.seed}`);
  let shared: Promise<Stage> | undefined;
  const stage = (): Promise<Stage> => {
    shared ??= openStage({ workstation: true, gatewayEnv: { TURN_DEADLINE_SECONDS: '300' } });
    return shared;
  };
  const ran: Ran[] = [];
  for (const row of chosen) {
    const done = await runRow(row, { options, say, stage });
    print(done);
    ran.push(done);
  }
  await (await shared)?.close({ keepFolder: ran.some(({ broken }) => broken.length > 0) });

  for (const row of ran) say(headline(row));
  const file = resolve(projectRoot, options.report);
  mkdirSync(dirname(file), { recursive: true });
  const report = { seed: options.seed, startedAt, endedAt: new Date(), options, rows: ran };
  writeFileSync(file, JSON.stringify(report, null, 2));
  const count = (state: string): number => ran.filter((row) => stateOf(row) === state).length;
  say(`\nseed ${options.seed}; the report is in ${options.report}`);
  say(`${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`);
  process.exit(count('failed') > 0 ? 1 : 0);
}

await main().catch((error: unknown) => {
  console.error(`faults: ${error instanceof Error ? error.message : error}\n${usage}`);
  process.exit(1);
});
