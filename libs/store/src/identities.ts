// Identities: which principal is meant by an address in a channel. Linked by a code that came from there.
import { appendAudit } from './audit.ts';
import { type Proof, type ProvingMessage, pending, proveAddress } from './prove-address.ts';
import type { Guard, Pool, Sql } from './sql.ts';
import { inTransaction } from './transaction.ts';

export interface IdentityRow {
  readonly id: string;
  readonly principalId: string;
  readonly principal: string;
  /** Null for what was linked before keys counted. */
  readonly keyId: string | null;
  /** Null until it is linked. */
  readonly agent: string | null;
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
  /** It may do what this key may, and ends with it. */
  readonly keyId: string;
  readonly channel: string;
  readonly address: string;
  readonly codeHash: string;
  readonly expiresInMs: number;
  /** Links of this principal that may be pending, this one included. */
  readonly pendingMax: number;
}

export interface Identities {
  /** Takes the place of a pending link of the same address. Undefined when as many are pending as may be. */
  begin(identity: NewIdentity, actor: string): Promise<IdentityRow | undefined>;
  /** Only of a message that its channel vouches for. May be called again for the same one. */
  prove(message: ProvingMessage): Promise<Proof>;
  /** Newest first; of one principal, if given. */
  list(limit: number, before?: string, principalId?: string): Promise<IdentityRow[]>;
  /** Undefined when there is none, or it is not theirs. Doing it again changes nothing. */
  unlink(id: string, actor: string, principalId?: string): Promise<IdentityRow | undefined>;
}

const columns = (
  sql: Sql,
) => sql`i.id, i.principal_id, p.name AS principal, i.key_id, i.agent, i.channel, i.address, i.created_at,
  i.expires_at, i.linked_at, i.unlinked_at,
  CASE WHEN i.unlinked_at IS NOT NULL THEN 'unlinked' WHEN i.linked_at IS NOT NULL THEN 'linked'
    WHEN i.expires_at <= now() THEN 'expired' ELSE 'pending' END AS state`;

async function readIn(sql: Sql, id: string): Promise<IdentityRow | undefined> {
  const [row] = await sql<IdentityRow[]>`
    SELECT ${columns(sql)} FROM identities i JOIN principals p ON p.id = i.principal_id WHERE i.id = ${id}`;
  return row;
}

export function createIdentities(pool: Pool, guard: Guard): Identities {
  const change = <T>(work: (sql: Sql) => Promise<T>): Promise<T> => guard('identity', inTransaction(pool, work));

  return {
    begin: (identity, actor) =>
      change(async (sql) => {
        const { id, principalId, keyId, channel, address } = identity;
        // Their own row is the lock under which their links are counted.
        await sql`SELECT 1 FROM principals WHERE id = ${principalId} FOR NO KEY UPDATE`;
        await sql`UPDATE identities i SET unlinked_at = now()
          WHERE i.principal_id = ${principalId} AND i.channel = ${channel} AND i.address = ${address} AND ${pending(sql)}`;
        const [count] = await sql<{ pending: number }[]>`
          SELECT count(*)::int AS pending FROM identities i WHERE i.principal_id = ${principalId} AND ${pending(sql)}`;
        if ((count?.pending ?? 0) >= identity.pendingMax) return undefined;
        await sql`
          INSERT INTO identities (id, principal_id, key_id, channel, address, code_hash, expires_at)
          VALUES (${id}, ${principalId}, ${keyId}, ${channel}, ${address}, ${identity.codeHash},
            now() + ${identity.expiresInMs} * interval '1 millisecond')`;
        await appendAudit(sql, { actor, action: 'identity-link-begun', subject: id, data: { channel, address } });
        return readIn(sql, id);
      }),
    prove: (message) => change((sql) => proveAddress(sql, message)),
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
