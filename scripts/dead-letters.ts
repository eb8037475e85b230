// `npm run dead-letters`: the turns that were set aside, and what becomes of them.
import { deadLetterSchema, turnSchema } from '@switchboard/contract';
import { z } from 'zod';
import { runCommand, UsageError } from './client/command.ts';
import { openLocalHome } from './client/home.ts';

const usage = `npm run dead-letters -- list [--json]     the turns that stopped their coordinator again and again
npm run dead-letters -- requeue TURN      try it again
npm run dead-letters -- drop TURN         take it off the list; its record stays`;

const pageMax = 200;
const inputCharsMax = 60;
const pageSchema = z.object({ deadLetters: z.array(deadLetterSchema) });
type DeadLetter = z.infer<typeof deadLetterSchema>;

async function list(): Promise<DeadLetter[]> {
  const { client } = openLocalHome(process.env);
  const all: DeadLetter[] = [];
  for (;;) {
    const before = all.at(-1)?.turnId;
    const query = before === undefined ? '' : `&before=${before}`;
    const { deadLetters } = await client.call(pageSchema, 'GET', `/v1/dead-letters?limit=${pageMax}${query}`);
    all.push(...deadLetters);
    if (deadLetters.length < pageMax) return all;
  }
}

const line = ({ turnId, at, input, reason }: DeadLetter): string =>
  `${turnId}  ${at}  ${JSON.stringify(input.slice(0, inputCharsMax))}\n  ${reason}`;

await runCommand(
  {
    usage,
    async run([what, turn, ...more], given) {
      if (what === 'list' && turn === undefined) {
        const letters = await list();
        if (given.has('json')) console.log(JSON.stringify(letters, null, 2));
        else console.log(letters.length === 0 ? 'There are no dead letters.' : letters.map(line).join('\n'));
        return undefined;
      }
      if ((what !== 'requeue' && what !== 'drop') || turn === undefined || more.length > 0) {
        throw new UsageError('say list, requeue TURN or drop TURN');
      }
      const { client } = openLocalHome(process.env);
      const path = `/v1/dead-letters/${encodeURIComponent(turn)}`;
      const [method, at, done] =
        what === 'requeue'
          ? (['POST', `${path}/requeue`, 'is tried again'] as const)
          : (['DELETE', path, 'is dropped'] as const);
      const { id, state } = await client.call(turnSchema, method, at);
      console.log(given.has('json') ? JSON.stringify({ id, state }) : `${id} ${done}; it is ${state}.`);
      return undefined;
    },
  },
  process.argv.slice(2),
);
