// The database: the operator's, or an embedded PostgreSQL that is started again when it dies.

import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { keyIdOf, scopes, sha256 } from '@switchboard/contract';
import { type Postgres, startPostgres } from '@switchboard/embedded';
import { type DatabaseUrls, mintKey, NewerSchemaError, openStore, prepareDatabase } from '@switchboard/store';
import type { Home } from './home.ts';
import { SettingError } from './settings.ts';

export interface Database {
  /** All that the gateway is told. */
  readonly urls: DatabaseUrls;
  /** Undefined for the operator's own. */
  readonly server: Postgres | undefined;
}

/** What the database is opened with, and what it must know. */
export type DatabaseKeys = Pick<Home, 'logins' | 'adminKey' | 'keepAdminKey'>;

const name = 'switchboard';

/**
 * The owner's key opens everything that there is. One that has ended is replaced: whoever can write into the home owns
 * this machine anyway, and nobody is shut out of it.
 */
async function ensureOwner(urls: DatabaseUrls, home: DatabaseKeys): Promise<void> {
  const store = openStore({ ...urls, connectionsMax: 1 });
  const ensure = (id: string, hash: string): Promise<boolean> =>
    store.keys.ensure({ id, hash, scopes, principal: { id: randomUUID(), name: 'owner' } });
  try {
    const id = keyIdOf(home.adminKey);
    if (id !== undefined && (await ensure(id, sha256(home.adminKey)))) return;
    const made = mintKey();
    await ensure(made.id, made.hash);
    home.keepAdminKey(made.key);
  } finally {
    await store.close();
  }
}

/** `adminUrl` is of whoever owns the database. May be called again. Throws SettingError for a newer schema. */
export async function prepare(adminUrl: string, home: DatabaseKeys): Promise<DatabaseUrls> {
  try {
    const urls = await prepareDatabase(adminUrl, home.logins);
    await ensureOwner(urls, home);
    return urls;
  } catch (error) {
    if (error instanceof NewerSchemaError) throw new SettingError(error.message);
    throw error;
  }
}

export async function openDatabase(home: Home, givenUrl: string | undefined): Promise<Database> {
  if (givenUrl !== undefined) {
    try {
      return { urls: await prepare(givenUrl, home), server: undefined };
    } catch (error) {
      throw new SettingError(`DATABASE_URL: ${error instanceof Error ? error.message : error}`);
    }
  }
  const server = await startEmbedded(home);
  const { href } = Object.assign(new URL(server.url), { pathname: `/${name}` });
  return { urls: await prepare(href, home), server };
}

/** On the port of before, if one is given: those that are connected come back by themselves. */
export function startEmbedded(home: Home, port?: number): Promise<Postgres> {
  return startPostgres({
    dataDir: join(home.path, 'postgres'),
    settings: { max_connections: '100', shared_buffers: '64MB' },
    ...(port === undefined ? {} : { port }),
  });
}
