// What is remembered for a person beyond a session: facts, each with who it comes from.
import { z } from 'zod';
import { invocationIdSchema } from './messages.ts';
import { idSchema } from './names.ts';

/** person: they said it. agent: a model concluded it. untrusted: after something was read that somebody else wrote. */
export const provenances = ['person', 'agent', 'untrusted'] as const;
export const provenanceSchema = z.enum(provenances);
export type Provenance = z.infer<typeof provenanceSchema>;

export const factCharactersMax = 1_000;

export const factSchema = z.strictObject({
  id: idSchema,
  text: z.string().min(1).max(factCharactersMax),
  provenance: provenanceSchema,
  /** It is always in view, not only when it is asked for. */
  pinned: z.boolean(),
  createdAt: z.iso.datetime(),
});
export type Fact = z.infer<typeof factSchema>;

/**
 * Agent → gateway, while the invocation is under way: whose memory it is, and where what is remembered comes from, the
 * gateway knows itself. The same again is the same.
 */
export const memoryRequestSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    v: z.literal(1),
    invocation: invocationIdSchema,
    kind: z.literal('remember'),
    text: factSchema.shape.text,
    pinned: z.boolean(),
  }),
  z.strictObject({
    v: z.literal(1),
    invocation: invocationIdSchema,
    kind: z.literal('recall'),
    /** Not there: the newest. */
    text: z.string().max(factCharactersMax).optional(),
    limit: z.int().min(1).max(50),
  }),
  z.strictObject({
    v: z.literal(1),
    invocation: invocationIdSchema,
    kind: z.literal('forget'),
    ids: z.array(idSchema).min(1).max(50),
  }),
]);
export type MemoryRequest = z.infer<typeof memoryRequestSchema>;

/** What was remembered, found, or is gone. */
export const memoryReplySchema = z.strictObject({ v: z.literal(1), facts: z.array(factSchema).max(50) });
export type MemoryReply = z.infer<typeof memoryReplySchema>;
