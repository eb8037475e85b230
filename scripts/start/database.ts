// The database: the operator's, or an embedded PostgreSQL that is started again when it dies.

import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { scopes, sha256 } from '@switchboard/contract';
import { type Postgres, startPostgres } from '@switchboard/embedded';
import { createDatabase, migrate, openStore } from '@switchboard/store';
import type { Home } from './home.ts';
import { SettingError } from './settings.ts';

export interface Database {
  readonly url: string;
  /** Undefined for the operator's own. */
  readonly server: Postgres | undefined;
}

const name = 'switchboard';

function withDatabase(serverUrl: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/** The owner's key opens everything that there is. */
async function ensureOwner(url: string, key: string): Promise<void> {
  const store = openStore({ url, connectionsMax: 1 });
  try {
    const id = key.split('_')[1] ?? 'admin';
    await store.keys.ensure({ id, hash: sha256(key), scopes, principal: { id: randomUUID(), name: 'owner' } });
  } finally {
    await store.close();
  }
}

async function prepare(url: string, home: Home): Promise<void> {
  await migrate(url);
  await ensureOwner(url, home.adminKey);
}

export async function openDatabase(home: Home, givenUrl: string | undefined): Promise<Database> {
  if (givenUrl !== undefined) {
    try {
      await prepare(givenUrl, home);
    } catch (error) {
      throw new SettingError(`DATABASE_URL: ${error instanceof Error ? error.message : error}`);
    }
    return { url: givenUrl, server: undefined };
  }
  const server = await startEmbedded(home);
  await createDatabase(server.url, name);
  const url = withDatabase(server.url);
  await prepare(url, home);
  return { url, server };
}

/** On the port of before, if one is given: those that are connected come back by themselves. */
export function startEmbedded(home: Home, port?: number): Promise<Postgres> {
  return startPostgres({
    dataDir: join(home.path, 'postgres'),
    settings: { max_connections: '100', shared_buffers: '64MB' },
    ...(port === undefined ? {} : { port }),
  });
}
