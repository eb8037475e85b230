// The audit chain: what its entries say, and how each is bound to all that came before it (ADR 9).
import { z } from 'zod';
import { hashJson, sha256 } from './canonical-json.ts';
import { nameSchema } from './names.ts';

const hashSchema = z.string().regex(/^[0-9a-f]{64}$/);

/** Something that was done and belongs to no session: a key made, an identity linked, a call refused. */
export const actSchema = z.strictObject({
  v: z.literal(1),
  id: z.int().min(1),
  time: z.iso.datetime(),
  /** Who did it: a principal, or a service. */
  actor: z.string().min(1),
  action: nameSchema,
  /** To what it was done. */
  subject: z.string().nullable(),
  data: z.record(z.string(), z.unknown()),
});
export type Act = z.infer<typeof actSchema>;

/** A place in the chain. */
export const sealSchema = z.strictObject({ seq: z.int().min(1), hash: hashSchema });
export type Seal = z.infer<typeof sealSchema>;

/** As it stands in the database: whoever changed it need not have kept to a schema. */
const foundEventSchema = z.strictObject({
  v: z.literal(1),
  id: z.string(),
  session: z.string(),
  seq: z.int(),
  turn: z.string().nullable(),
  type: z.string(),
  time: z.string(),
  data: z.unknown(),
});
const foundActSchema = z.strictObject({ ...actSchema.shape, actor: z.string(), action: z.string(), data: z.unknown() });

/** One link, with the record it stands for: an event or an act. Neither: the record is gone, and only its digest is left. */
export const auditEntrySchema = z.strictObject({
  ...sealSchema.shape,
  digest: hashSchema,
  event: foundEventSchema.optional(),
  act: foundActSchema.optional(),
});
export type AuditEntry = z.infer<typeof auditEntrySchema>;
export type AuditRecord = NonNullable<AuditEntry['event'] | AuditEntry['act']>;

/** Where a record is kept. */
export const auditSourceSchema = z.enum(['event', 'act']);
export type AuditSource = z.infer<typeof auditSourceSchema>;

/** A record whose place in the chain is not its own; without `claims` it waits to be sealed. */
export const straySchema = z.strictObject({
  source: auditSourceSchema,
  /** Of the event, or of the act. */
  id: z.string(),
  claims: z.int().optional(),
});
export type Stray = z.infer<typeof straySchema>;

/** The hash before the first entry's. */
export const auditGenesis = '0'.repeat(64);

/** SHA-256 of the record's canonical JSON: of an event, just as the stream holds it. */
export function auditDigest(record: AuditRecord): string {
  return hashJson(record);
}

/** SHA-256 of the hash before (32 bytes), the sequence (8 bytes, big-endian) and the digest (32 bytes). */
export function auditHash(before: string, seq: number, digest: string): string {
  const link = Buffer.alloc(72);
  link.write(before, 0, 'hex');
  link.writeBigUInt64BE(BigInt(seq), 32);
  link.write(digest, 40, 'hex');
  return sha256(link);
}
