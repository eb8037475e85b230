// What is said when a call does not fit into a budget: which one, how much it is, and what would help.
import { SwitchboardError } from '@switchboard/contract';
import type { BudgetLimits, BudgetScope, OverBudget } from '@switchboard/store';
import { resetsAt } from './budget-limits.ts';
import { usdText } from './money.ts';

const words: Readonly<Record<BudgetScope, { of: string; setting: string }>> = {
  day: { of: 'this Switchboard for today', setting: 'DAY' },
  principal: { of: 'its person for today', setting: 'PRINCIPAL_DAY' },
  session: { of: 'this session', setting: 'SESSION' },
};

/** What others have spent is not told: of everybody's budget, only that this does not fit. */
export function overBudget({ scope, unit, left }: OverBudget, limits: BudgetLimits, now: Date): SwitchboardError {
  const limit = limits[scope][unit] ?? 0;
  const amount = (count: number): string => (unit === 'micros' ? `${usdText(count)} USD` : `${count} tokens`);
  const { of, setting } = words[scope];
  const name = `MODEL_${unit === 'micros' ? 'USD' : 'TOKENS'}_${setting}`;
  const reset = resetsAt(scope, now);
  const rest = scope === 'day' ? '' : `, of which ${amount(left)} are left`;
  const help =
    reset === undefined
      ? 'it does not reset: begin another session'
      : `it resets at ${reset.slice(0, 16).replace('T', ' ')} UTC`;
  return new SwitchboardError(
    'budget-exceeded',
    `The model was not asked: that could cost more than is left of the budget of ${of}, ${amount(limit)} (${name})${rest}; ${help}`,
  );
}
