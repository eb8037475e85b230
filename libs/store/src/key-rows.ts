// Keys as they are read. A key is known by its hash only.
import type { Scope } from '@switchboard/contract';
import type { Sql } from './sql.ts';

export interface KeyHolder {
  readonly keyId: string;
  readonly principalId: string;
  readonly principal: string;
  readonly scopes: readonly Scope[];
}

/** A key that has not ended: it opens with whatever has one of these hashes (SHA-256, hexadecimal). */
export interface LiveKey extends KeyHolder {
  readonly hashes: readonly string[];
}

/** A key, and the secret of it that somebody came with. */
export interface UsedKey {
  readonly keyId: string;
  /** SHA-256 of all that they sent, hexadecimal. */
  readonly keyHash: string;
}

export interface KeyRow {
  readonly id: string;
  readonly title: string;
  readonly principalId: string;
  readonly principal: string;
  readonly scopes: readonly Scope[];
  readonly madeWith: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly rotatedAt: Date | null;
  readonly graceUntil: Date | null;
  readonly revokedAt: Date | null;
}

export const keyLives = (sql: Sql) => sql`k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())`;
export const keyColumns = (sql: Sql) => sql`k.id, k.title, k.principal_id, p.name AS principal, k.scopes, k.made_with,
  k.created_at, k.expires_at, k.rotated_at, CASE WHEN k.grace_until > now() THEN k.grace_until END AS grace_until,
  k.revoked_at`;

export async function readKey(sql: Sql, id: string, principalId?: string): Promise<KeyRow | undefined> {
  const [row] = await sql<KeyRow[]>`
    SELECT ${keyColumns(sql)} FROM api_keys k JOIN principals p ON p.id = k.principal_id
    WHERE k.id = ${id} ${principalId === undefined ? sql`` : sql`AND k.principal_id = ${principalId}`}`;
  return row;
}
