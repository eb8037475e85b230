// A database of one's own: migrated, empty, on the PostgreSQL that the test run shares.
import { randomUUID } from 'node:crypto';
import { inject } from 'vitest';
import { z } from 'zod';
import { databaseUrl } from './database-url.ts';

const testPostgresSchema = z.strictObject({
  adminUrl: z.url(),
  template: z.string(),
  roles: z.strictObject({ url: z.url(), workUrl: z.url() }),
});
const startMsMax = 90_000;

export interface TestDatabase {
  /** Of the superuser. */
  readonly url: string;
  /** As the gateway comes in: with no more rights than it has. */
  readonly roles: { readonly url: string; readonly workUrl: string };
  /** Ends its connections too. May be called again. */
  drop(): Promise<void>;
}

/** The first call of a test run waits for PostgreSQL to start; later ones take a tenth of a second. */
export async function freshDatabase(): Promise<TestDatabase> {
  // Only here, so that whoever uses the rest of the testkit need not load a database driver.
  const { cloneDatabase, dropDatabase } = await import('@switchboard/store');
  const response = await fetch(inject('testPostgresAddress'), { signal: AbortSignal.timeout(startMsMax) });
  if (!response.ok) throw new Error(await response.text());
  const { adminUrl, template, roles } = testPostgresSchema.parse(await response.json());
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await cloneDatabase(adminUrl, template, name);
  return {
    url: databaseUrl(adminUrl, name),
    roles: { url: databaseUrl(roles.url, name), workUrl: databaseUrl(roles.workUrl, name) },
    drop: () => dropDatabase(adminUrl, name),
  };
}
