// The call about what language models have used, and what of each budget is left.
import { z } from 'zod';
import { declareRoutes } from './http-route.ts';
import { idSchema } from './names.ts';

const count = z.int().min(0);
const usd = z.number().min(0);

export const usageSumSchema = z.strictObject({
  /** A day (UTC), an id or a name, as `by` says; not there: calls that chose no skill. */
  key: z.string().optional(),
  calls: count,
  /** Calls of which nobody knows what they used: they count in full, as all that was reserved for them. */
  presumed: count,
  promptBytes: count,
  promptTokens: count,
  completionTokens: count,
  costUsd: usd,
});
export type UsageSum = z.infer<typeof usageSumSchema>;

export const budgetSchema = z.strictObject({
  /** day: of everybody together. principal: of one in a day. session: of one session, over all its days. */
  scope: z.enum(['day', 'principal', 'session']),
  limitUsd: usd,
  spentUsd: usd,
  /** For calls that are under way: given back as far as they do not use it. */
  reservedUsd: usd,
  /** Not there: tokens have no limit. */
  limitTokens: count.optional(),
  spentTokens: count,
  reservedTokens: count,
  /** Not there: it never begins anew. */
  resetsAt: z.iso.datetime().optional(),
});
export type Budget = z.infer<typeof budgetSchema>;

const usageQuery = z.strictObject({
  /** principal: of everybody, which needs the scope `admin`. */
  by: z.enum(['day', 'session', 'skill', 'model', 'principal']).default('day'),
  /** Days in UTC, both included; the last 30 when they are not given. */
  from: z.iso.date().optional(),
  to: z.iso.date().optional(),
  /** Only of this session, with its budget. */
  sessionId: idSchema.optional(),
  /** Another's than one's own: needs the scope `admin`. */
  principalId: idSchema.optional(),
});

export const usageSchema = z.strictObject({
  from: z.iso.date(),
  to: z.iso.date(),
  usage: z.array(usageSumSchema),
  /** That of the day, which is everybody's, only with the scope `admin`. */
  budgets: z.array(budgetSchema),
});

export const usageRoutes = declareRoutes({
  readUsage: {
    method: 'GET',
    path: '/v1/usage',
    summary:
      'What language models have used for you, by day, session, skill or model, and what is left of each budget; with the scope `admin` by principal too.',
    tag: 'operation',
    scopes: ['sessions', 'admin'],
    query: usageQuery,
    responses: { 200: usageSchema },
  },
});
