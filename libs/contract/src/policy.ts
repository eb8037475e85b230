// The words of a policy decision: as it is made, told, shown, and signed into what an agent is asked.
import { z } from 'zod';
import { effectSchema } from './effects.ts';
import { nameSchema } from './names.ts';

/** deny wins over ask, and ask over allow. */
export const verdicts = ['allow', 'ask', 'deny'] as const;
export const verdictSchema = z.enum(verdicts);
export type Verdict = z.infer<typeof verdictSchema>;

/** untrusted: what is done may have been thought up by somebody whose text was read before it. */
export const trustSchema = z.enum(['trusted', 'untrusted']);
export type Trust = z.infer<typeof trustSchema>;

/** What was decided of one step, and by which rule: one of policy.yaml, or a built-in one. */
export const policyDecisionSchema = z.strictObject({
  decision: verdictSchema,
  rule: nameSchema,
  trust: trustSchema,
  /** All that the step's contract says it may do to the world: nothing else was decided about. */
  effects: z.array(effectSchema).max(12),
});
export type PolicyDecision = z.infer<typeof policyDecisionSchema>;

/** A decision under which something may be done: at once, or with the approval that comes with it. */
export const permissionSchema = z.strictObject({
  ...policyDecisionSchema.shape,
  decision: verdictSchema.exclude(['deny']),
});
export type Permission = z.infer<typeof permissionSchema>;
