// What models have used, and how the budgets stand: one's own, or with the scope admin anybody's.
import { type Budget, SwitchboardError, type UsageSum } from '@switchboard/contract';
import type { BudgetRow, BudgetScope, UsageRange, UsageSum as UsageSumRow } from '@switchboard/store';
import { budgetLimits, resetsAt } from '../models/budget-limits.ts';
import { usdNumber } from '../models/money.ts';
import type { Caller } from './auth.ts';
import type { AppDeps } from './deps.ts';
import type { Call, Handlers } from './serve.ts';

const usageMax = 1_000;
const days = 30;
const dayMs = 86_400_000;

const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

function viewSum({ key, costMicros, ...sum }: UsageSumRow): UsageSum {
  return { ...(key !== null && { key }), ...sum, costUsd: usdNumber(costMicros) };
}

type Query = Call<'readUsage'>['query'];

function rangeOf({ from, to, sessionId }: Query, now: number): UsageRange {
  const until = to ?? dayOf(now);
  const since = from ?? dayOf(Date.parse(until) - (days - 1) * dayMs);
  if (since > until) throw new SwitchboardError('invalid-request', `from is after to: ${since}, ${until}`);
  return { from: since, to: until, limit: usageMax, sessionId };
}

/** Throws `forbidden` for what is somebody else's. */
function requireAdmin({ scopes }: Caller, { by, principalId }: Query, ownId: string): void {
  const others = by === 'principal' || (principalId !== undefined && principalId !== ownId);
  if (others && !scopes.includes('admin')) {
    throw new SwitchboardError('forbidden', 'What others have used is seen with the scope admin only');
  }
}

export function usageHandlers({ database, callers, config }: AppDeps): Handlers<'readUsage'> {
  const limits = budgetLimits(config);

  /** What nobody has used yet stands at nothing. */
  function viewBudget(scope: BudgetScope, row: BudgetRow | undefined, now: Date): Budget {
    const { micros, tokens } = limits[scope];
    const reset = resetsAt(scope, now);
    return {
      scope,
      limitUsd: usdNumber(micros ?? 0),
      spentUsd: usdNumber(row?.spentMicros ?? 0),
      reservedUsd: usdNumber(row?.reservedMicros ?? 0),
      ...(tokens !== null && { limitTokens: tokens }),
      spentTokens: row?.spentTokens ?? 0,
      reservedTokens: row?.reservedTokens ?? 0,
      ...(reset !== undefined && { resetsAt: reset }),
    };
  }

  return {
    async readUsage({ query, caller }) {
      requireAdmin(caller, query, caller.principalId);
      const { by, sessionId, principalId } = query;
      const own =
        principalId === undefined || principalId === caller.principalId ? caller.own : callers.of(principalId);
      if (sessionId !== undefined && !(await own.sessions.find(sessionId))) {
        throw new SwitchboardError('not-found', 'There is no such session');
      }
      const now = new Date();
      const range = rangeOf(query, now.getTime());
      const [usage, rows, today] = await Promise.all([
        by === 'principal' ? database.usage.byPrincipal(range) : own.usage.by(by, range),
        own.usage.budgets(sessionId),
        caller.scopes.includes('admin') ? database.usage.today() : undefined,
      ]);
      const scopes: BudgetScope[] = [
        ...(caller.scopes.includes('admin') ? (['day'] as const) : []),
        'principal',
        ...(sessionId === undefined ? [] : (['session'] as const)),
      ];
      return {
        from: range.from,
        to: range.to,
        usage: usage.map(viewSum),
        budgets: scopes.map((scope) =>
          viewBudget(scope, scope === 'day' ? today : rows.find((row) => row.scope === scope), now),
        ),
      };
    },
  };
}
