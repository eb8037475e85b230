// What is said to the outside world and what it answers: one JSON object a line.
import { z } from 'zod';

const keySchema = z.string().min(1).max(200);
const common = { id: z.int(), run: z.string() };

/** act: once more, counted. put: the same end however often. look: how often so far. dump: everything. */
export const worldRequestSchema = z.discriminatedUnion('op', [
  z.strictObject({ ...common, op: z.enum(['act', 'put', 'look']), key: keySchema }),
  z.strictObject({ ...common, op: z.literal('dump') }),
]);

const countsSchema = z.array(z.tuple([z.string(), z.int()]));
export const worldReplySchema = z.strictObject({
  id: z.int(),
  count: z.int().optional(),
  /** In the order of the first act. */
  acted: countsSchema.optional(),
  put: countsSchema.optional(),
  error: z.string().optional(),
});
export type WorldReply = z.infer<typeof worldReplySchema>;
