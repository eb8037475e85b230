// Keys made, renewed and ended: each with its line in the audit, in one transaction.
import { randomBytes } from 'node:crypto';
import { type Scope, sha256 } from '@switchboard/contract';
import { appendAudit } from './audit.ts';
import { type KeyRow, keyLives, readKey } from './key-rows.ts';
import type { Guard, Pool, Sql } from './sql.ts';
import { inTransaction } from './transaction.ts';

export interface NewKey {
  readonly id: string;
  readonly hash: string;
  readonly title: string;
  readonly principalId: string;
  readonly scopes: readonly Scope[];
  readonly expiresInMs?: number | undefined;
  /** It ends with this key, and does not outlive it. */
  readonly madeWith?: string | undefined;
}

export interface EnsuredKey {
  readonly id: string;
  readonly hash: string;
  readonly scopes: readonly Scope[];
  readonly principal: { readonly id: string; readonly name: string };
}

export interface KeyChanges {
  /** Undefined when there is no such principal, it is disabled, or `madeWith` has ended. */
  make(key: NewKey, actor: string): Promise<KeyRow | undefined>;
  /** Undefined when it has ended. The hash of before opens for `graceMs` more. */
  rotate(id: string, hash: string, graceMs: number, actor: string): Promise<KeyRow | undefined>;
  /** Ends it, and all that were made with it. Undefined when it had ended before. */
  revoke(id: string, actor: string): Promise<KeyRow | undefined>;
  /**
   * Makes the principal and the program's own key for it unless they are there, and gives the key these scopes. False
   * when a key of this id is there that has ended or has another secret.
   */
  ensure(key: EnsuredKey): Promise<boolean>;
}

/** A new key: `key` is for its holder alone, `hash` is what is kept. */
export function mintKey(id = randomBytes(8).toString('hex')): { id: string; key: string; hash: string } {
  const key = `sb_${id}_${randomBytes(32).toString('base64url')}`;
  return { id, key, hash: sha256(key) };
}

/** From key to key that was made with it: each is locked before those below are looked for, so that none slips in. */
async function revokeFamily(sql: Sql, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const ended = await sql<{ id: string }[]>`
    UPDATE api_keys SET revoked_at = now(), previous_hash = NULL, grace_until = NULL
    WHERE made_with = ANY(${[...ids]}) AND revoked_at IS NULL RETURNING id`;
  const children = ended.map((row) => row.id);
  return [...children, ...(await revokeFamily(sql, children))];
}

async function makeKey(sql: Sql, key: NewKey, actor: string): Promise<KeyRow | undefined> {
  const { id, title, scopes, madeWith = null } = key;
  if (madeWith !== null) {
    // Held until this commits: whoever ends that key ends this one too.
    const held = await sql`SELECT 1 FROM api_keys k WHERE k.id = ${madeWith} AND ${keyLives(sql)} FOR SHARE`;
    if (held.length === 0) return undefined;
  }
  const made = await sql`
    INSERT INTO api_keys (id, principal_id, hash, scopes, title, made_with, expires_at)
    SELECT ${id}, p.id, ${key.hash}, ${[...scopes]}, ${title}, ${madeWith},
      least(now() + ${key.expiresInMs ?? null}::float8 * interval '1 millisecond',
        (SELECT m.expires_at FROM api_keys m WHERE m.id = ${madeWith}))
    FROM principals p WHERE p.id = ${key.principalId} AND p.disabled_at IS NULL
    RETURNING id`;
  if (made.length === 0) return undefined;
  const row = await readKey(sql, id);
  const data = { title, principal: row?.principal, scopes: [...scopes], expiresAt: row?.expiresAt };
  await appendAudit(sql, { actor, action: 'key-made', subject: id, data });
  return row;
}

async function ensureKey(sql: Sql, { id, hash, scopes, principal }: EnsuredKey): Promise<boolean> {
  await sql`INSERT INTO principals (id, name) VALUES (${principal.id}, ${principal.name}) ON CONFLICT (name) DO NOTHING`;
  const made = await sql`
    INSERT INTO api_keys (id, principal_id, hash, scopes, title, generated)
    SELECT ${id}, p.id, ${hash}, ${[...scopes]}, ${principal.name}, true FROM principals p WHERE p.name = ${principal.name}
    ON CONFLICT (id) DO NOTHING RETURNING id`;
  if (made.length > 0) {
    const data = { principal: principal.name, scopes: [...scopes] };
    await appendAudit(sql, { actor: 'start', action: 'key-made', subject: id, data });
    return true;
  }
  const opens = await sql`
    UPDATE api_keys k SET scopes = ${[...scopes]} WHERE k.id = ${id} AND k.hash = ${hash} AND ${keyLives(sql)}
    RETURNING k.id`;
  return opens.length > 0;
}

export function createKeyChanges(workPool: Pool, guard: Guard): KeyChanges {
  const change = <T>(work: (sql: Sql) => Promise<T>): Promise<T> => guard('key', inTransaction(workPool, work));

  return {
    make: (key, actor) => change((sql) => makeKey(sql, key, actor)),
    rotate: (id, hash, graceMs, actor) =>
      change(async (sql) => {
        const grace = graceMs > 0;
        const rows = await sql`
          UPDATE api_keys k SET hash = ${hash}, previous_hash = ${grace ? sql`k.hash` : null},
            grace_until = ${grace ? sql`now() + ${graceMs} * interval '1 millisecond'` : null}, rotated_at = now()
          WHERE k.id = ${id} AND ${keyLives(sql)} RETURNING k.id`;
        if (rows.length === 0) return undefined;
        await appendAudit(sql, { actor, action: 'key-rotated', subject: id, data: { graceMs } });
        return readKey(sql, id);
      }),
    revoke: (id, actor) =>
      change(async (sql) => {
        const rows = await sql`
          UPDATE api_keys SET revoked_at = now(), previous_hash = NULL, grace_until = NULL
          WHERE id = ${id} AND revoked_at IS NULL RETURNING id`;
        if (rows.length === 0) return undefined;
        const alsoRevoked = await revokeFamily(sql, [id]);
        await appendAudit(sql, { actor, action: 'key-revoked', subject: id, data: { alsoRevoked } });
        return readKey(sql, id);
      }),
    ensure: (key) => change((sql) => ensureKey(sql, key)),
  };
}
