// Who may call, and who is meant by an address: principals, keys and identities, as the HTTP API shows them.
import { z } from 'zod';
import { idSchema, nameSchema } from './names.ts';
import { scopeSchema } from './scopes.ts';

const timeSchema = z.iso.datetime();
// biome-ignore lint/suspicious/noControlCharactersInRegex: refusing them is the point
const notOfOneLine = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/** One line of text, such as a title or an address. */
export function lineSchema(charactersMax: number) {
  return z
    .string()
    .min(1)
    .max(charactersMax)
    .refine((text) => !notOfOneLine.test(text) && text.isWellFormed(), 'must be one line of plain text')
    .refine((text) => text.trim() === text, 'must not begin or end with a space');
}

/** A person or a service: somebody of whom sessions, keys and addresses are. */
export const principalSchema = z.strictObject({
  id: idSchema,
  name: nameSchema,
  kind: z.enum(['person', 'service']),
  createdAt: timeSchema,
  /** Since then no key of theirs opens anything. */
  disabledAt: timeSchema.optional(),
});
export type Principal = z.infer<typeof principalSchema>;

/** The public part of a key. */
export const keyIdSchema = z.string().regex(/^[a-z0-9]{1,32}$/, 'must be the id of a key');

/** `sb_<id>_<secret>`: the secret is at least 32 random bytes, in base64url. */
const keyForm = /^sb_([a-z0-9]{1,32})_[A-Za-z0-9_-]{43,128}$/;

/** The id in a key; undefined when the text cannot be a key. */
export function keyIdOf(key: string): string | undefined {
  return keyForm.exec(key)?.[1];
}

export const keySchema = z.strictObject({
  id: keyIdSchema,
  title: z.string(),
  principalId: idSchema,
  principal: z.string(),
  scopes: z.array(scopeSchema),
  /** The key that it was made with, and ends with. */
  madeWith: keyIdSchema.optional(),
  createdAt: timeSchema,
  expiresAt: timeSchema.optional(),
  rotatedAt: timeSchema.optional(),
  /** Until then the secret before the last rotation opens as well. */
  graceUntil: timeSchema.optional(),
  revokedAt: timeSchema.optional(),
});
export type Key = z.infer<typeof keySchema>;

/** `key` is shown this once: only its hash is kept. */
export const newKeySchema = z.strictObject({ ...keySchema.shape, key: z.string() });

/** Where somebody can be reached in a channel: a mail address, an account. */
export const addressSchema = lineSchema(320);

/** The one form in which an address is kept and compared: what has an @ does not depend on case. */
export function normalAddress(address: string): string {
  const text = address.normalize('NFC');
  return text.includes('@') ? text.toLowerCase() : text;
}

export const identitySchema = z.strictObject({
  id: idSchema,
  principalId: idSchema,
  principal: z.string(),
  channel: nameSchema,
  address: z.string(),
  /** pending: the proof has not come yet. expired: it did not come in time. */
  state: z.enum(['pending', 'expired', 'linked', 'unlinked']),
  createdAt: timeSchema,
  /** When the time for the proof is over. */
  expiresAt: timeSchema,
  /** From there may be done what this key may, as long as it has not ended. */
  keyId: keyIdSchema.optional(),
  /** The agent that brought the proof: messages from there come in over no other. */
  agent: nameSchema.optional(),
  linkedAt: timeSchema.optional(),
  unlinkedAt: timeSchema.optional(),
});
export type Identity = z.infer<typeof identitySchema>;

/** `code` is shown this once: a message with it, from this address, is the proof. */
export const newIdentitySchema = z.strictObject({ ...identitySchema.shape, code: z.string() });
