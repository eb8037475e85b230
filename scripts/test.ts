// Runs the test suite; arguments go to vitest. The last line it prints is `N passed, N failed, N skipped`.
import { runSuite } from './test/run-suite.ts';

await runSuite(process.argv.slice(2));
