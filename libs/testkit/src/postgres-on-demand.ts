// One PostgreSQL for all test files, started when the first of them asks for it.
import { once } from 'node:events';
import { chmod } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { type Postgres, startPostgres } from '@switchboard/embedded';
import type { DatabaseUrls } from '@switchboard/store';
import { databaseUrl } from './database-url.ts';
import { tempFolder } from './temp-folder.ts';

/** What test files are told: the superuser's URL, the database to copy, and who may use the copies. */
export interface TestPostgres {
  readonly adminUrl: string;
  readonly template: string;
  readonly roles: DatabaseUrls;
}

export interface PostgresOnDemand {
  /** GET it: answers with a TestPostgres, or with status 500 and the reason as text. */
  readonly address: string;
  stop(): Promise<void>;
}

const template = 'switchboard_template';

/** A file that needs no database then does not wait for one: making a cluster takes a second or two. */
export async function postgresOnDemand(): Promise<PostgresOnDemand> {
  const folder = await tempFolder();
  // Where PostgreSQL has to run as another user, that user must get through.
  await chmod(folder.path, 0o711);
  let starting: Promise<{ postgres: Postgres; roles: DatabaseUrls }> | undefined;

  async function start(): Promise<{ postgres: Postgres; roles: DatabaseUrls }> {
    const { newLogins, prepareDatabase } = await import('@switchboard/store');
    const dataDir = join(folder.path, 'postgres');
    const postgres = await startPostgres({ dataDir, fsync: false, settings: { max_connections: '300' } });
    return { postgres, roles: await prepareDatabase(databaseUrl(postgres.url, template), newLogins('test')) };
  }

  const server = createServer((_request, response) => {
    starting ??= start();
    starting.then(
      ({ postgres, roles }) =>
        response.end(JSON.stringify({ adminUrl: postgres.url, template, roles } satisfies TestPostgres)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the test server has no port');
  return {
    address: `http://127.0.0.1:${address.port}/`,
    async stop() {
      server.close();
      server.closeAllConnections();
      const started = await starting?.catch(() => undefined);
      await started?.postgres.stop();
      await folder.remove();
    },
  };
}
