// `npm run usage`: what language models have used, and what is left of each budget.
import { usageSchema } from '@switchboard/contract';
import type { z } from 'zod';
import { runCommand, UsageError } from './client/command.ts';
import { openLocalHome } from './client/home.ts';
import { budgetsTable, sumsTable } from './usage/tables.ts';

const usage = `npm run usage                         what models have used by day, and what is left of each budget
npm run usage -- day|session|skill|model|principal
    [--from YYYY-MM-DD] [--to YYYY-MM-DD]   days in UTC; the last 30 when they are not given
    [--session ID]                          only of this session, with its budget
    [--json]`;

const keys: readonly string[] = ['day', 'session', 'skill', 'model', 'principal'];
async function read(query: URLSearchParams): Promise<z.infer<typeof usageSchema>> {
  const { client } = openLocalHome(process.env);
  return client.call(usageSchema, 'GET', `/v1/usage?${query}`);
}

await runCommand(
  {
    usage,
    options: ['from', 'to', 'session'],
    async run([by = 'day', ...more], given) {
      if (!keys.includes(by) || more.length > 0) throw new UsageError(`say one of ${keys.join(', ')}`);
      const query = new URLSearchParams({ by });
      for (const [name, option] of [
        ['from', 'from'],
        ['to', 'to'],
        ['sessionId', 'session'],
      ] as const) {
        const value = given.option(option);
        if (value !== undefined) query.set(name, value);
      }
      const answer = await read(query);
      if (given.has('json')) console.log(JSON.stringify(answer, null, 2));
      else console.log(`${sumsTable(by, answer.usage)}\n\n${budgetsTable(answer.budgets)}`);
      return undefined;
    },
  },
  process.argv.slice(2),
);
