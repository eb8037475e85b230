// What the table of the HTTP API says of each call, and what many calls take.
import { z } from 'zod';
import { idSchema, nameSchema } from './names.ts';
import type { ScopeKind } from './scopes.ts';

export interface RouteFact {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Fastify's form: `:id` is a parameter. */
  readonly path: string;
  readonly summary: string;
  readonly tag: string;
  /** A key with any one of these opens it. open: needs no key. */
  readonly scopes: readonly [ScopeKind, ...ScopeKind[]] | 'open';
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly headers?: z.ZodObject;
  readonly body?: z.ZodType;
  /** By status. A string is a media type that is not JSON. */
  readonly responses: Readonly<Record<number, z.ZodType | string>>;
}

/** The largest body: 1 MiB. */
export const bodyBytesMax = 1024 * 1024;
/** The longest that `Prefer: wait=N` may wait, in seconds. */
export const waitSecondsMax = 120;

export const byId = z.strictObject({ id: idSchema });
export const byName = z.strictObject({ name: nameSchema });
export const page = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  /** An id: only what is older than it. */
  before: idSchema.optional(),
});
export const idempotent = z.looseObject({
  'idempotency-key': z.string().min(1).max(255).optional(),
  prefer: z.string().max(255).optional(),
});
export const resume = z.looseObject({
  'last-event-id': z
    .string()
    .regex(/^\d{1,15}$/, 'must be a sequence number')
    .optional(),
});

export const declareRoutes = <const Facts extends Record<string, RouteFact>>(facts: Facts): Facts => facts;
