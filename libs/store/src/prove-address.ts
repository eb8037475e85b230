// Who is meant by the address that a message came from: linked by a code that came from there, and known by it afterwards.
import type { Scope } from '@switchboard/contract';
import { appendAudit } from './audit.ts';
import { queueNotice, type ThreadPlace } from './delivery-rows.ts';
import { keyLives } from './key-rows.ts';
import type { Sql } from './sql.ts';

/** A message that its channel vouches for. */
export interface ProvingMessage extends ThreadPlace {
  /** SHA-256 of the codes in it. */
  readonly codeHashes: readonly string[];
  /** Wrong codes from one address after which what is pending for it ends. */
  readonly attemptsMax: number;
  /** What goes back when it links the address. */
  readonly confirmation: string;
}

/** Whose the address is, and what may be done from it: what the key may that its link was asked for with. */
export interface Sender {
  readonly identityId: string;
  readonly principalId: string;
  readonly principal: string;
  readonly keyId: string;
  readonly scopes: readonly Scope[];
}

/**
 * linked: by this code, now or by an earlier copy of the message. taken: the code is right, but the address is another
 * principal's. wrong: there is a code, and it links nothing. known: somebody's address. unknown: nobody's.
 */
export type Proof =
  | { readonly outcome: 'linked' | 'taken' | 'wrong' | 'unknown' }
  | { readonly outcome: 'known'; readonly sender: Sender };

/** Neither in time nor given up: the proof may still come. */
export const pending = (sql: Sql) => sql`i.linked_at IS NULL AND i.unlinked_at IS NULL AND i.expires_at > now()`;
const linked = (sql: Sql) => sql`i.linked_at IS NOT NULL AND i.unlinked_at IS NULL`;
/** An identity `i` with its key `k` and its principal `p`: all of them have to be in force. */
const inForce = (sql: Sql) => sql`${linked(sql)} AND ${keyLives(sql)} AND p.disabled_at IS NULL`;

/** Whether what goes to this place still goes to whom it is for; for a condition on the row `d`. */
export const stillLinked = (sql: Sql) => sql`EXISTS (
  SELECT FROM identities i JOIN api_keys k ON k.id = i.key_id JOIN principals p ON p.id = i.principal_id
  WHERE i.principal_id = d.principal_id AND i.channel = d.channel AND i.address = d.address AND i.agent = d.agent
    AND ${inForce(sql)})`;

interface Proven {
  readonly id: string;
  readonly principalId: string;
  readonly principal: string;
  readonly done: boolean;
}

/** One that is linked with a key that has ended is nobody's: another link takes its place. */
async function link(sql: Sql, { id, principalId, principal }: Proven, message: ProvingMessage): Promise<Proof> {
  const { agent, channel, address } = message;
  const [owner] = await sql<{ id: string; principalId: string; inForce: boolean }[]>`
    SELECT i.id, i.principal_id, ${inForce(sql)} AS in_force
    FROM identities i JOIN principals p ON p.id = i.principal_id LEFT JOIN api_keys k ON k.id = i.key_id
    WHERE i.channel = ${channel} AND i.address = ${address} AND ${linked(sql)}`;
  const audit = (action: string, subject: string, more = {}) =>
    appendAudit(sql, { actor: principal, action, subject, data: { agent, channel, address, ...more } });
  if (owner?.inForce && owner.principalId !== principalId) {
    await sql`UPDATE identities SET unlinked_at = now() WHERE id = ${id}`;
    await audit('identity-refused', id, { why: 'taken' });
    return { outcome: 'taken' };
  }
  if (owner) {
    await sql`UPDATE identities SET unlinked_at = now() WHERE id = ${owner.id}`;
    await audit('identity-unlinked', owner.id, { why: 'linked anew' });
  }
  await sql`UPDATE identities SET linked_at = now(), agent = ${agent} WHERE id = ${id}`;
  await audit('identity-linked', id);
  await queueNotice(sql, principalId, message, message.confirmation);
  return { outcome: 'linked' };
}

/** Undefined when no code of these is for this address. */
async function byCode(sql: Sql, message: ProvingMessage): Promise<Proof | undefined> {
  const [proven] = await sql<Proven[]>`
    SELECT i.id, i.principal_id, p.name AS principal, i.linked_at IS NOT NULL AS done
    FROM identities i JOIN principals p ON p.id = i.principal_id JOIN api_keys k ON k.id = i.key_id
    WHERE i.channel = ${message.channel} AND i.address = ${message.address}
      AND i.code_hash = ANY(${[...message.codeHashes]}) AND (${pending(sql)} OR ${linked(sql)})
      AND ${keyLives(sql)} AND p.disabled_at IS NULL`;
  if (!proven) return undefined;
  return proven.done ? { outcome: 'linked' } : link(sql, proven, message);
}

async function findSender(sql: Sql, { agent, channel, address }: ThreadPlace): Promise<Sender | undefined> {
  const [sender] = await sql<Sender[]>`
    SELECT i.id AS identity_id, i.principal_id, p.name AS principal, k.id AS key_id, k.scopes
    FROM identities i JOIN principals p ON p.id = i.principal_id JOIN api_keys k ON k.id = i.key_id
    WHERE i.channel = ${channel} AND i.address = ${address} AND i.agent = ${agent} AND ${inForce(sql)}`;
  return sender;
}

async function countWrong(sql: Sql, { channel, address, attemptsMax }: ProvingMessage): Promise<void> {
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

/** In a transaction, under the lock of the address: it cannot be linked meanwhile. */
export async function proveAddress(sql: Sql, message: ProvingMessage): Promise<Proof> {
  const place = `${message.channel} ${message.address}`;
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${place}, 8420003))`;
  const codes = message.codeHashes.length > 0;
  const proof = codes ? await byCode(sql, message) : undefined;
  if (proof) return proof;
  const sender = await findSender(sql, message);
  // Something like a code in the words of somebody who is known is part of what they say.
  if (sender) return { outcome: 'known', sender };
  if (!codes) return { outcome: 'unknown' };
  await countWrong(sql, message);
  return { outcome: 'wrong' };
}
