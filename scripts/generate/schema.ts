// libs/store/schema.sql: what the migrations make, dumped from a real PostgreSQL.
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '@switchboard/embedded';
import { describeSchema, newLogins, prepareDatabase } from '@switchboard/store';
import { header } from './generated.ts';

export const schemaFile = 'libs/store/schema.sql';
const name = 'switchboard';

/** Starts a PostgreSQL for it, and stops it. Throws StartError `not-found` on a machine that has none. */
export async function schemaDump(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'switchboard-schema-'));
  try {
    // Where PostgreSQL has to run as another user, that user must get through.
    await chmod(folder, 0o711);
    const server = await startPostgres({ dataDir: join(folder, 'postgres'), fsync: false });
    try {
      const { href } = Object.assign(new URL(server.url), { pathname: `/${name}` });
      await prepareDatabase(href, newLogins('schema'));
      return `-- ${header}\n\n${await describeSchema(href)}`;
    } finally {
      await server.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
