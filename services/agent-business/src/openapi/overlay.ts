// The operator's file about one API: which document, which server, who signs in, which operations, and what they are called.
import { nameSchema, skillTimeoutMsMax } from '@switchboard/contract';
import { z } from 'zod';
import { ApiProblem } from './api-problem.ts';
import { parseText } from './parse-text.ts';

const headerNameSchema = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9-]+$/, 'must be the name of a header');
/** A header that says who sends the request, or how long it is, is not an operator's to choose here. */
const keyHeaderSchema = headerNameSchema.refine(
  (name) => !['authorization', 'cookie', 'host', 'content-length', 'content-type'].includes(name.toLowerCase()),
  'must be a header for keys',
);
const secretFileSchema = z.string().min(1).describe('a file beside this one, or an absolute path');

/** Who signs in. The secret itself is in a file, read anew for each request. */
const authSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('bearer'), file: secretFileSchema }),
  z.strictObject({ type: z.literal('basic'), user: z.string().min(1), file: secretFileSchema }),
  z.strictObject({ type: z.literal('header'), name: headerNameSchema, file: secretFileSchema }),
  z.strictObject({ type: z.literal('query'), name: z.string().min(1), file: secretFileSchema }),
]);
export type Auth = z.infer<typeof authSchema>;

/** How a long list goes on. link: RFC 8288. cursor: a field of the answer is the next value of a parameter. */
const paginationSchema = z.discriminatedUnion('style', [
  z.strictObject({ style: z.literal('none') }),
  z.strictObject({ style: z.literal('link') }),
  z.strictObject({ style: z.literal('cursor'), parameter: z.string(), field: z.string() }),
  z.strictObject({ style: z.literal('page'), parameter: z.string(), first: z.int().min(0).default(1) }),
]);
export type Pagination = z.infer<typeof paginationSchema>;

const timeoutMsSchema = z
  .int()
  .min(100)
  .max(skillTimeoutMsMax / 2);

const operationSchema = z.strictObject({
  name: nameSchema.optional(),
  title: z.string().min(1).max(100).optional(),
  description: z.string().min(1).max(1024).optional(),
  /** Beside those that are made of the document, and before them. */
  utterances: z.array(z.string().min(1).max(300)).max(50).default([]),
  /** Graver than the method says; never less. */
  effect: z.enum(['read', 'external', 'destructive']).optional(),
  /** The header in which this operation takes an idempotency key. */
  idempotency: keyHeaderSchema.optional(),
  pagination: paginationSchema.optional(),
  /** Where in the answer the list lies, such as `data.items`: what pages are put together from. */
  items: z.string().optional(),
  timeoutMs: timeoutMsSchema.optional(),
});
export type OperationOverlay = z.infer<typeof operationSchema>;

const selectSchema = z.strictObject({
  operations: z.array(z.string()).default([]),
  tags: z.array(z.string()).default([]),
  /** `/pets/*`: `*` is anything. */
  paths: z.array(z.string().startsWith('/')).default([]),
});
export type Select = z.infer<typeof selectSchema>;

export const overlaySchema = z.strictObject({
  /** An OpenAPI document: a file beside this one, or the document itself. */
  document: z.union([z.string().min(1), z.record(z.string(), z.unknown())]),
  title: z.string().min(1).max(60).optional(),
  /** Naming a private address here is consent to go there. */
  server: z.url({ protocol: /^https?$/ }).optional(),
  auth: authSchema.optional(),
  /** Without it: all operations. */
  select: selectSchema.optional(),
  pagination: paginationSchema.default({ style: 'link' }),
  idempotency: keyHeaderSchema.optional(),
  /** For one request. */
  timeoutMs: timeoutMsSchema.default(30_000),
  /** By operationId, or by method and path: `GET /pets`. */
  operations: z.record(z.string(), operationSchema).default({}),
});
export type Overlay = z.infer<typeof overlaySchema>;

/** Throws ApiProblem naming every setting that is wrong. */
export function readOverlay(text: string, file: string): Overlay {
  const parsed = overlaySchema.safeParse(parseText(text, file) ?? {});
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || file}: ${message}`);
  throw new ApiProblem(problems.join('; '));
}
