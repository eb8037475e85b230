// What is remembered for a person beyond a session: facts, each with who it comes from.
import { z } from 'zod';
import { invocationIdSchema } from './invocation-id.ts';
import { idSchema } from './names.ts';

/** person: they said it. agent: a model concluded it. untrusted: after something was read that somebody else wrote. */
export const provenances = ['person', 'agent', 'untrusted'] as const;
export const provenanceSchema = z.enum(provenances);
export type Provenance = z.infer<typeof provenanceSchema>;

export const factCharactersMax = 1_000;
/** Of one principal. */
export const factsMax = 2_000;
export const pinnedFactsMax = 50;
/** Facts that are asked for, or forgotten, at a time. */
export const factsAtOnceMax = 50;

/** One line, as it is read: what is forgotten must be found again letter by letter wherever it was said. */
const factTextSchema = z
  .string()
  .min(1)
  .max(factCharactersMax)
  .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u);

/** In one line, with one space between words; empty when there is nothing in it. */
export function tidyFact(text: string): string {
  return text
    .replace(/[\s\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .toWellFormed();
}

export const factSchema = z.strictObject({
  id: idSchema,
  text: factTextSchema,
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
    text: z.string().min(1).max(factCharactersMax),
    pinned: z.boolean(),
  }),
  z.strictObject({
    v: z.literal(1),
    invocation: invocationIdSchema,
    kind: z.literal('recall'),
    /** Not there: the newest. */
    text: z.string().max(factCharactersMax).optional(),
    limit: z.int().min(1).max(factsAtOnceMax),
  }),
  z.strictObject({
    v: z.literal(1),
    invocation: invocationIdSchema,
    kind: z.literal('forget'),
    /** As they were shown to whoever approved it: one whose text is another refuses them all. */
    facts: z
      .array(factSchema.pick({ id: true, text: true }))
      .min(1)
      .max(factsAtOnceMax),
  }),
]);
export type MemoryRequest = z.infer<typeof memoryRequestSchema>;

/** What was remembered or found; of what is forgotten nothing is said again. */
export const memoryReplySchema = z.strictObject({
  v: z.literal(1),
  facts: z.array(factSchema).max(factsAtOnceMax),
  /** There are more than these. */
  more: z.boolean(),
  /** So many fit as well, and come from untrusted content: they are not for a skill whose contract says it reads none. */
  withheld: z.int().min(0),
});
export type MemoryReply = z.infer<typeof memoryReplySchema>;
