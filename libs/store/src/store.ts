// The store: everything that the gateway keeps. What belongs to somebody is reached through whose it is.
import { type Audit, createAudit } from './audit.ts';
import { createIdentities, type Identities } from './identities.ts';
import { createKeys, type Keys } from './keys.ts';
import { confinedTo, createOwn, type Own, type WithKey } from './own.ts';
import { createPrincipals, type Principals } from './principals.ts';
import { createBoundRun, createRun } from './run.ts';
import { createGuard, openSql, type PoolOptions } from './sql.ts';
import { createWork, type Work } from './work.ts';

export interface StoreOptions extends PoolOptions {
  /** Of the program itself; `url` is for what is done for one principal. See prepareDatabase. */
  readonly workUrl: string;
}

export interface Store {
  readonly keys: Keys;
  readonly principals: Principals;
  readonly identities: Identities;
  readonly audit: Audit;
  /** Bound to one principal; costs nothing until it is used. */
  of(principalId: string, key?: WithKey): Own;
  readonly work: Work;
  /** Throws when the database does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** Connects at the first call, not here. */
export function openStore(options: StoreOptions): Store {
  const pool = openSql(options);
  const working = { ...options, url: options.workUrl };
  const workPool = openSql(working);
  // What has been published is known from the stream itself: forgetting it costs a second publication, which is dropped.
  const bookkeeping = openSql({ ...working, connectionsMax: 2, durable: false });
  // One at a time gets the day's budget: more connections would only stand in line, and be missed elsewhere.
  const book = openSql({ ...working, connectionsMax: 2 });
  const guard = createGuard(options);
  return {
    keys: createKeys(pool, workPool, guard),
    principals: createPrincipals(workPool, guard),
    identities: createIdentities(workPool, guard),
    audit: createAudit(workPool, guard),
    of: (principalId, key) =>
      createOwn(createBoundRun(pool, guard, principalId, key && confinedTo(key)), principalId, key),
    work: createWork(createRun(workPool, guard), createRun(bookkeeping, guard), createRun(book, guard)),
    async ping() {
      await Promise.all([pool`SELECT 1`, workPool`SELECT 1`]);
    },
    async close() {
      await Promise.all([pool, workPool, bookkeeping, book].map((sql) => sql.end({ timeout: 5 })));
    },
  };
}
