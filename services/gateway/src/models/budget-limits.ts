// What may be spent on models: the settings, as the book takes them.
import type { BudgetLimit, BudgetLimits, BudgetScope } from '@switchboard/store';
import type { GatewayConfig } from '../config.ts';

type ModelSettings = Pick<
  GatewayConfig,
  | 'MODEL_USD_DAY'
  | 'MODEL_USD_PRINCIPAL_DAY'
  | 'MODEL_USD_SESSION'
  | 'MODEL_TOKENS_DAY'
  | 'MODEL_TOKENS_PRINCIPAL_DAY'
  | 'MODEL_TOKENS_SESSION'
>;

/** Of dollars none means none; of tokens, that they are not counted against anything. */
const limit = (micros: number, tokens: number): BudgetLimit => ({ micros, tokens: tokens === 0 ? null : tokens });

export function budgetLimits(config: ModelSettings): BudgetLimits {
  return {
    day: limit(config.MODEL_USD_DAY, config.MODEL_TOKENS_DAY),
    principal: limit(config.MODEL_USD_PRINCIPAL_DAY, config.MODEL_TOKENS_PRINCIPAL_DAY),
    session: limit(config.MODEL_USD_SESSION, config.MODEL_TOKENS_SESSION),
  };
}

/** When a budget begins anew: with the next day in UTC; a session's never does. */
export function resetsAt(scope: BudgetScope, now: Date): string | undefined {
  if (scope === 'session') return undefined;
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1)).toISOString();
}
