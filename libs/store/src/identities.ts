// Identities: which principal is meant by an address in a channel. Linked by a code that came from there.
import { appendAudit } from './audit.ts';
import type { Guard, Pool, Sql } from './sql.ts';
import { inTransaction } from './transaction.ts';

export interface IdentityRow {
  readonly id: string;
  readonly principalId: string;
  readonly principal: string;
  readonly channel: string;
  readonly address: string;
  readonly state: 'pending' | 'expired' | 'linked' | 'unlinked';
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly linkedAt: Date | null;
  readonly unlinkedAt: Date | null;
}

export interface NewIdentity {
  readonly id: string;
  readonly principalId: string;
  readonly channel: string;
  readonly address: string;
  readonly codeHash: string;
  readonly expiresInMs: number;
  /** Links of this principal that may be pending, this one included. */
  readonly pendingMax: number;
}

/**
 * linked: by this code, now or by an earlier copy of the message. taken: the code is right, but the address is another
 * principal's. wrong: there is a code, and it links nothing. known: no code, and somebody's address. unknown: nobody's.
 */
export type Proof = 'linked' | 'taken' | 'wrong' | 'known' | 'unknown';

export interface Identities {
  /** Takes the place of a pending link of the same address. Undefined when as many are pending as may be. */
  begin(identity: NewIdentity, actor: string): Promise<IdentityRow | undefined>;
  /** A message came from this address, with codes of these hashes. The `attemptsMax`th wrong one ends what is pending. */
  prove(channel: string, address: string, codeHashes: readonly string[], attemptsMax: number): Promise<Proof>;
  /** Newest first; of one principal, if given. */
  list(limit: number, before?: string, principalId?: string): Promise<IdentityRow[]>;
  /** Undefined when there is none, or it is not theirs. Doing it again changes nothing. */
  unlink(id: string, actor: string, principalId?: string): Promise<IdentityRow | undefined>;
}

const columns = (sql: Sql) => sql`i.id, i.principal_id, p.name AS principal, i.channel, i.address, i.created_at,
  i.expires_at, i.linked_at, i.unlinked_at,
  CASE WHEN i.unlinked_at IS NOT NULL THEN 'unlinked' WHEN i.linked_at IS NOT NULL THEN 'linked'
    WHEN i.expires_at <= now() THEN 'expired' ELSE 'pending' END AS state`;
const pending = (sql: Sql) => sql`i.linked_at IS NULL AND i.unlinked_at IS NULL AND i.expires_at > now()`;
const linked = (sql: Sql) => sql`i.linked_at IS NOT NULL AND i.unlinked_at IS NULL`;

async function readIn(sql: Sql, id: string): Promise<IdentityRow | undefined> {
  const [row] = await sql<IdentityRow[]>`
    SELECT ${columns(sql)} FROM identities i JOIN principals p ON p.id = i.principal_id WHERE i.id = ${id}`;
  return row;
}

/** Undefined when no code of these is for this address. Under its lock, so that it cannot be linked meanwhile. */
async function proveIn(
  sql: Sql,
  channel: string,
  address: string,
  codeHashes: readonly string[],
): Promise<Proof | undefined> {
  const [proven] = await sql<{ id: string; principalId: string; principal: string; done: boolean }[]>`
    SELECT i.id, i.principal_id, p.name AS principal, i.linked_at IS NOT NULL AS done
    FROM identities i JOIN principals p ON p.id = i.principal_id
    WHERE i.channel = ${channel} AND i.address = ${address} AND i.code_hash = ANY(${[...codeHashes]})
      AND (${pending(sql)} OR ${linked(sql)}) AND p.disabled_at IS NULL`;
  if (!proven) return undefined;
  if (proven.done) return 'linked';
  const [owner] = await sql<{ principalId: string }[]>`
    SELECT i.principal_id FROM identities i WHERE i.channel = ${channel} AND i.address = ${address} AND ${linked(sql)}`;
  const { id, principal: actor } = proven;
  if (owner) {
    await sql`UPDATE identities SET unlinked_at = now() WHERE id = ${id}`;
    await appendAudit(sql, {
      actor,
      action: 'identity-refused',
      subject: id,
      data: { channel, address, why: 'taken' },
    });
    return owner.principalId === proven.principalId ? 'linked' : 'taken';
  }
  await sql`UPDATE identities SET linked_at = now() WHERE id = ${id}`;
  await appendAudit(sql, { actor, action: 'identity-linked', subject: id, data: { channel, address } });
  return 'linked';
}

async function countWrong(sql: Sql, channel: string, address: string, attemptsMax: number): Promise<void> {
  const counted = await sql<{ id: string; principal: string; attempts: number }[]>`
    UPDATE identities i SET attempts = i.attempts + 1,
      unlinked_at = CASE WHEN i.attempts + 1 >= ${attemptsMax} THEN now() END
    FROM principals p
    WHERE p.id = i.principal_id AND i.channel = ${channel} AND i.address = ${address} AND ${pending(sql)}
    RETURNING i.id, p.name AS principal, i.attempts`;
  for (const { id, principal: actor, attempts } of counted) {
    const data = { channel, address, why: 'wrong code', attempts };
    await appendAudit(sql, { actor, action: 'identity-refused', subject: id, data });
  }
}

export function createIdentities(pool: Pool, guard: Guard): Identities {
  const change = <T>(work: (sql: Sql) => Promise<T>): Promise<T> => guard('identity', inTransaction(pool, work));

  return {
    begin: (identity, actor) =>
      change(async (sql) => {
        const { id, principalId, channel, address } = identity;
        // Their own row is the lock under which their links are counted.
        await sql`SELECT 1 FROM principals WHERE id = ${principalId} FOR NO KEY UPDATE`;
        await sql`UPDATE identities i SET unlinked_at = now()
          WHERE i.principal_id = ${principalId} AND i.channel = ${channel} AND i.address = ${address} AND ${pending(sql)}`;
        const [count] = await sql<{ pending: number }[]>`
          SELECT count(*)::int AS pending FROM identities i WHERE i.principal_id = ${principalId} AND ${pending(sql)}`;
        if ((count?.pending ?? 0) >= identity.pendingMax) return undefined;
        await sql`
          INSERT INTO identities (id, principal_id, channel, address, code_hash, expires_at)
          VALUES (${id}, ${principalId}, ${channel}, ${address}, ${identity.codeHash},
            now() + ${identity.expiresInMs} * interval '1 millisecond')`;
        await appendAudit(sql, { actor, action: 'identity-link-begun', subject: id, data: { channel, address } });
        return readIn(sql, id);
      }),
    prove: (channel, address, codeHashes, attemptsMax) =>
      change(async (sql) => {
        await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`${channel} ${address}`}, 8420003))`;
        if (codeHashes.length > 0) {
          const proof = await proveIn(sql, channel, address, codeHashes);
          if (proof) return proof;
          await countWrong(sql, channel, address, attemptsMax);
          return 'wrong';
        }
        const owners = await sql`
          SELECT 1 FROM identities i JOIN principals p ON p.id = i.principal_id
          WHERE i.channel = ${channel} AND i.address = ${address} AND ${linked(sql)} AND p.disabled_at IS NULL`;
        return owners.length > 0 ? 'known' : 'unknown';
      }),
    list: (limit, before, principalId) =>
      guard(
        'identities',
        pool<IdentityRow[]>`
        SELECT ${columns(pool)} FROM identities i JOIN principals p ON p.id = i.principal_id
        WHERE true ${principalId === undefined ? pool`` : pool`AND i.principal_id = ${principalId}`}
          ${before === undefined ? pool`` : pool`AND i.id < ${before}`}
        ORDER BY i.id DESC LIMIT ${limit}`,
      ),
    unlink: (id, actor, principalId) =>
      change(async (sql) => {
        const theirs = principalId === undefined ? sql`` : sql`AND principal_id = ${principalId}`;
        const [row] = await sql<{ channel: string; address: string }[]>`
          UPDATE identities SET unlinked_at = now() WHERE id = ${id} AND unlinked_at IS NULL ${theirs}
          RETURNING channel, address`;
        if (row) await appendAudit(sql, { actor, action: 'identity-unlinked', subject: id, data: { ...row } });
        const found = await readIn(sql, id);
        return principalId === undefined || found?.principalId === principalId ? found : undefined;
      }),
  };
}
