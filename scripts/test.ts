// Runs the test suite; arguments go to vitest. The last line it prints is `N passed, N failed, N skipped`.
import { fileURLToPath } from 'node:url';
import { SummaryReporter } from '@switchboard/testkit/summary-reporter';
import { parseCLI, startVitest } from 'vitest/node';

const root = fileURLToPath(new URL('..', import.meta.url));
const summary = new SummaryReporter();

try {
  const { filter, options } = parseCLI(['vitest', 'run', ...process.argv.slice(2)]);
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
