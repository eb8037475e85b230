// The book of model spending: what may be spent is reserved before each attempt, and settled after it. See docs/BUDGETS.md.
import type { ModelPurpose, Reserve, RouteDecision, Settle, TurnState } from '@switchboard/contract';
import type { Run } from './run.ts';
import type { Sql } from './sql.ts';

export const budgetScopes = ['day', 'principal', 'session'] as const;
export type BudgetScope = (typeof budgetScopes)[number];

/** Null: there is none. */
export interface BudgetLimit {
  readonly tokens: number | null;
  /** Millionths of a US dollar. */
  readonly micros: number | null;
}
export type BudgetLimits = Readonly<Record<BudgetScope, BudgetLimit>>;

/** Which budget a call does not fit into, and what is left of it. */
export interface OverBudget {
  readonly scope: BudgetScope;
  readonly unit: keyof BudgetLimit;
  readonly left: number;
}

/** The turn on whose account a call goes. */
export interface CallTurn {
  readonly state: TurnState;
  readonly decision: RouteDecision | null;
  /** Whose judgement the thought before this one asked for. */
  readonly consulted: string | null;
}

/** What settling has added to what was spent: zeros when it had been settled; less than none when it corrects. */
export interface Settlement {
  readonly model: string;
  readonly purpose: ModelPurpose;
  readonly tokens: number;
  readonly micros: number;
}

export interface ModelCalls {
  /** Undefined when there is no such turn. */
  turn(turnId: string, thought: number): Promise<CallTurn | undefined>;
  /**
   * Undefined: it is on the book. Its turn must exist. The same attempt again is the same, and is counted once; however
   * many come at a time, together they stay within the limits.
   */
  reserve(call: Reserve, limits: BudgetLimits): Promise<OverBudget | undefined>;
  /** Undefined when it was never reserved. */
  settle(call: Settle): Promise<Settlement | undefined>;
  /** Of what nobody has settled `graceMs` after its deadline: nobody knows what it used, so it counts in full. */
  settleOverdue(graceMs: number, limit: number): Promise<Settlement[]>;
}

export function createModelCalls(run: Run): ModelCalls {
  return {
    async turn(turnId, thought) {
      const [row] = await run(
        'call turn',
        (sql) => sql<CallTurn[]>`
        SELECT t.state, t.decision, (
          SELECT h.answer->>'agent' FROM thoughts h
          WHERE h.turn_id = t.id AND h.number = ${thought} - 1 AND h.answer->>'kind' = 'consult' AND h.why IS NULL
        ) AS consulted
        FROM turns t WHERE t.id = ${turnId}`,
      );
      return row;
    },
    async reserve({ call, attempt, asker, purpose, model, tokensMax, costMicrosMax, deadline }, limits) {
      const most = (unit: keyof BudgetLimit) => budgetScopes.map((scope) => limits[scope][unit]);
      const [over] = await run(
        'reserve',
        (sql) => sql<OverBudget[]>`
        SELECT over_scope AS scope, over_unit AS unit, over_left AS left
        FROM reserve_model_call(${call}, ${attempt}, ${asker}, ${purpose}, ${model}, ${tokensMax}, ${costMicrosMax},
          ${deadline}, ${most('tokens')}::bigint[], ${most('micros')}::bigint[])`,
      );
      return over;
    },
    async settle({ call, attempt, promptBytes, promptTokens, completionTokens, costMicros }) {
      const [settled] = await run(
        'settle',
        (sql) => sql<Settlement[]>`
        SELECT model, purpose, tokens, micros
        FROM settle_model_call(${call}, ${attempt}, ${promptBytes}, ${promptTokens}, ${completionTokens}, ${costMicros})`,
      );
      return settled;
    },
    async settleOverdue(graceMs, limit) {
      const overdue = await run(
        'overdue',
        (sql) => sql<{ callId: string; attempt: number }[]>`
        SELECT call_id, attempt FROM model_calls
        WHERE state = 'reserved' AND deadline < now() - ${graceMs} * interval '1 millisecond'
        ORDER BY deadline LIMIT ${limit}`,
      );
      const settled: Settlement[] = [];
      // Each in a transaction of its own: the locks of several would be in no order.
      for (const { callId, attempt } of overdue) {
        settled.push(...(await run('presume', (sql) => presume(sql, callId, attempt))));
      }
      return settled;
    },
  };
}

const presume = (sql: Sql, callId: string, attempt: number) => sql<Settlement[]>`
  SELECT model, purpose, tokens, micros FROM settle_model_call(${callId}, ${attempt}, NULL, NULL, NULL, NULL)`;
