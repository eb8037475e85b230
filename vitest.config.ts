// One suite: every test file beside or near what it tests; real servers are started by the global set-up.
import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['libs/*/test/**/*.test.ts', 'services/*/test/**/*.test.ts', 'skills/**/*.test.ts', 'test/**/*.test.ts'],
    // npm run test:docker
    exclude: [...configDefaults.exclude, 'test/docker/**'],
    globalSetup: 'libs/testkit/src/global-setup.ts',
    // Processes, not threads: a server started by a test ends with the process that started it.
    pool: 'forks',
    maxWorkers: '100%',
    testTimeout: 30_000,
    hookTimeout: 120_000,
    teardownTimeout: 30_000,
  },
});
