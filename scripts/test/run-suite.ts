// Runs test files under vitest, and then prints the one line of what became of them, which is the last one.
import { fileURLToPath } from 'node:url';
import { SummaryReporter } from '@switchboard/testkit/summary-reporter';
import { parseCLI, startVitest } from 'vitest/node';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** `args` are those of vitest. Ends the process: with 1 when anything failed. */
export async function runSuite(args: readonly string[]): Promise<never> {
  const summary = new SummaryReporter();
  try {
    const { filter, options } = parseCLI(['vitest', 'run', ...args]);
    const reporters = [options.reporter ?? 'default'].flat();
    await startVitest(filter, { ...options, root, watch: false, reporters: [...reporters, summary] });
  } catch (error) {
    console.error(error);
    process.exitCode = 1;
  }
  // What is no test fails a run too: nothing to run, a set-up that broke, a server that would not stop.
  if (process.exitCode && summary.failed === 0) summary.failed = 1;
  console.log(`\n${summary.line()}`);
  process.exit(summary.failed > 0 ? 1 : 0);
}
