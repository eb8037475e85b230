// The suite of what runs in containers: by itself, because it takes a Docker engine, and minutes.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/docker/**/*.test.ts'],
    globalSetup: 'test/docker/stack/global-setup.ts',
    // Each takes all of the machine's processors.
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
