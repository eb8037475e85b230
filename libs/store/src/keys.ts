// Keys: looked up for every call, and listed for whoever may end them.
import { createKeyChanges, type KeyChanges } from './key-changes.ts';
import { type KeyRow, keyColumns, keyLives, type LiveKey, readKey, type UsedKey } from './key-rows.ts';
import type { Guard, Pool } from './sql.ts';

export interface Keys extends KeyChanges {
  /** Undefined when there is no such key, it has ended, or its principal is disabled. */
  find(id: string): Promise<LiveKey | undefined>;
  /** Hashes of those of these secrets that still open their keys. */
  live(used: readonly UsedKey[]): Promise<string[]>;
  /** Whether there is a key that somebody made on purpose and that has not ended. */
  anyMade(): Promise<boolean>;
  /** Also when it has ended. `principalId`: only if it is theirs. */
  read(id: string, principalId?: string): Promise<KeyRow | undefined>;
  /** Newest first; of one principal, if given. */
  list(limit: number, before?: string, principalId?: string): Promise<KeyRow[]>;
}

/** `pool` looks up whoever calls; all else is the program's. */
export function createKeys(pool: Pool, workPool: Pool, guard: Guard): Keys {
  return {
    ...createKeyChanges(workPool, guard),
    async find(id) {
      const [row] = await guard(
        'key',
        pool<LiveKey[]>`SELECT key_id, principal_id, principal, scopes, hashes FROM open_key(${id})`,
      );
      return row;
    },
    async live(used) {
      const rows = await guard(
        'key',
        workPool<{ hash: string }[]>`
        SELECT u.hash
        FROM unnest(${used.map(({ keyId }) => keyId)}::text[], ${used.map(({ keyHash }) => keyHash)}::text[]) AS u(id, hash)
          JOIN api_keys k ON k.id = u.id JOIN principals p ON p.id = k.principal_id
        WHERE (k.hash = u.hash OR (k.previous_hash = u.hash AND k.grace_until > now()))
          AND ${keyLives(workPool)} AND p.disabled_at IS NULL`,
      );
      return rows.map((row) => row.hash);
    },
    async anyMade() {
      const rows = await guard(
        'key',
        workPool`
        SELECT 1 FROM api_keys k JOIN principals p ON p.id = k.principal_id
        WHERE NOT k.generated AND ${keyLives(workPool)} AND p.disabled_at IS NULL LIMIT 1`,
      );
      return rows.length > 0;
    },
    read: (id, principalId) => guard('key', readKey(workPool, id, principalId)),
    list: (limit, before, principalId) =>
      guard(
        'keys',
        workPool<KeyRow[]>`
        SELECT ${keyColumns(workPool)} FROM api_keys k JOIN principals p ON p.id = k.principal_id
        WHERE true ${principalId === undefined ? workPool`` : workPool`AND k.principal_id = ${principalId}`}
          ${before === undefined ? workPool`` : workPool`AND (k.created_at, k.id) < (SELECT b.created_at, b.id FROM api_keys b WHERE b.id = ${before})`}
        ORDER BY k.created_at DESC, k.id DESC LIMIT ${limit}`,
      ),
  };
}
