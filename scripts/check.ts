// `npm run check`: types, lint, dead code, walls, house rules and drift, in seconds; the last line counts the steps.
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { runSteps, summary } from './check/run-steps.ts';
import { checkSteps } from './check/steps.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const results = await runSteps(checkSteps(root), {
  atOnce: Math.max(2, availableParallelism()),
  say: (line) => console.log(line),
});
console.log(summary(results));
process.exitCode = results.some(({ outcome }) => outcome.state === 'failed') ? 1 : 0;
