// Who may call: principals and their keys. A key is known by its hash only.
import type { Scope } from '@switchboard/contract';
import type { Guard, Pool } from './sql.ts';

export interface KeyHolder {
  readonly keyId: string;
  readonly principalId: string;
  readonly principal: string;
  readonly scopes: readonly Scope[];
}

export interface Keys {
  /** Read for every request: a revoked key stops working with the next one. */
  find(hash: string): Promise<KeyHolder | undefined>;
  /** Makes the principal and the key unless they are there. */
  ensure(key: {
    id: string;
    hash: string;
    scopes: readonly Scope[];
    principal: { id: string; name: string };
  }): Promise<void>;
}

export function createKeys(sql: Pool, workSql: Pool, guard: Guard): Keys {
  return {
    async find(hash) {
      const [row] = await guard(
        'key',
        sql<KeyHolder[]>`SELECT key_id, principal_id, principal, scopes FROM find_key(${hash})`,
      );
      return row;
    },
    async ensure(key) {
      await guard(
        'key',
        workSql.begin(async (tx) => {
          await tx`INSERT INTO principals (id, name) VALUES (${key.principal.id}, ${key.principal.name})
          ON CONFLICT (name) DO NOTHING`;
          await tx`INSERT INTO api_keys (id, principal_id, hash, scopes)
          SELECT ${key.id}, id, ${key.hash}, ${[...key.scopes]} FROM principals WHERE name = ${key.principal.name}
          ON CONFLICT DO NOTHING`;
        }),
      );
    },
  };
}
