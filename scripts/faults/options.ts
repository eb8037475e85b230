// The command line of the fault suite.
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { z } from 'zod';

export const usage = `npm run faults -- [options]
  --seed TEXT      replays a schedule of turns and faults (default: a new one)
  --turns N        of the storm (default 10000)
  --sessions N     of the storm (default 250)
  --faults N       of the storm (default 500)
  --span SECONDS   how long the storm lasts (default: 1.5 s a fault)
  --memory-turns N over which memory is watched (default 20000)
  --only NAMES     some rows of the table, by id, with commas: --only F01,F02
  --naive          the control alone
  --report FILE    where the report goes (default .switchboard/faults-report.json)

All of it takes about an hour on two cores: the storm 15 to 20 minutes, the watch over memory 3 to 8.`;

const optionsSchema = z.object({
  seed: z.string().default(() => String(randomInt(1_000_000))),
  turns: z.coerce.number().int().min(1).max(1_000_000).default(10_000),
  sessions: z.coerce.number().int().min(1).max(1_000).default(250),
  faults: z.coerce.number().int().min(0).max(100_000).default(500),
  memoryTurns: z.coerce.number().int().min(1_000).max(1_000_000).default(20_000),
  span: z.coerce.number().min(1).optional(),
  only: z
    .string()
    .default('')
    .transform((text) => text.split(',').filter((name) => name !== '')),
  naive: z.boolean().default(false),
  report: z.string().default('.switchboard/faults-report.json'),
  help: z.boolean().default(false),
});
export type FaultOptions = z.output<typeof optionsSchema>;

/** Throws an Error that names what cannot be used. */
export function readOptions(args: readonly string[]): FaultOptions {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: text,
      turns: text,
      sessions: text,
      faults: text,
      span: text,
      'memory-turns': text,
      only: text,
      report: text,
      naive: flag,
      help: flag,
    },
  });
  const { 'memory-turns': memoryTurns, ...rest } = values;
  return optionsSchema.parse({ ...rest, memoryTurns });
}
