// What vitest does once before and after all test files.
import type { TestProject } from 'vitest/node';
import { postgresOnDemand } from './postgres-on-demand.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    testPostgresAddress: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const postgres = await postgresOnDemand();
  project.provide('testPostgresAddress', postgres.address);
  return () => postgres.stop();
}
