// What was used of models, in sums: by day, session, skill, model or principal; and how the budgets stand.
import type { BudgetScope } from './model-calls.ts';
import type { Run } from './run.ts';
import type { Sql } from './sql.ts';

export interface UsageSum {
  /** A day, an id or a name; null: of no skill. */
  readonly key: string | null;
  readonly calls: number;
  /** Calls of which nobody knows what they used: they count in full. */
  readonly presumed: number;
  readonly promptBytes: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly costMicros: number;
}

/** Days in UTC, both included, as YYYY-MM-DD. */
export interface UsageRange {
  readonly from: string;
  readonly to: string;
  readonly limit: number;
  readonly sessionId?: string | undefined;
}

export interface BudgetRow {
  readonly scope: BudgetScope;
  readonly spentTokens: number;
  readonly reservedTokens: number;
  readonly spentMicros: number;
  readonly reservedMicros: number;
}

export type UsageKey = 'day' | 'session' | 'skill' | 'model';

export interface OwnUsage {
  /** Days newest first, anything else by what it cost, most first. */
  by(key: UsageKey, range: UsageRange): Promise<UsageSum[]>;
  /** Of today, and of this session over all its days. What was never used is not there. */
  budgets(sessionId?: string): Promise<BudgetRow[]>;
}

export interface WorkUsage {
  /** Of everybody, by their ids. */
  byPrincipal(range: UsageRange): Promise<UsageSum[]>;
  /** What all have used today; undefined: nothing yet. */
  today(): Promise<BudgetRow | undefined>;
}

/** What is counted: a provider took it, or nobody knows whether one did. */
const counted = (sql: Sql) => sql`m.state = 'settled'
  AND (m.presumed OR m.prompt_bytes + m.prompt_tokens + m.completion_tokens + m.cost_micros > 0)`;

/** Of the turn `t`, as the contract has it; null: no model was asked. Costs one look into an index. */
export const usageOfTurn = (sql: Sql) => sql`(
  SELECT jsonb_build_object('calls', count(*), 'promptBytes', sum(m.prompt_bytes), 'promptTokens', sum(m.prompt_tokens),
    'completionTokens', sum(m.completion_tokens), 'costMicros', sum(m.cost_micros),
    'models', jsonb_agg(DISTINCT m.model))
  FROM model_calls m WHERE m.turn_id = t.id AND ${counted(sql)} HAVING count(*) > 0)`;

const keys = (sql: Sql) => ({
  day: sql`m.day::text`,
  session: sql`m.session_id::text`,
  // The call of the thought that chose it, and the repairs of that.
  skill: sql`(SELECT h.answer->>'skill' FROM thoughts h
    WHERE h.turn_id = m.turn_id AND h.number = m.thought AND h.answer->>'kind' = 'call')`,
  model: sql`m.model`,
  principal: sql`m.principal_id::text`,
});

/** `of`: null for everybody's. */
function sums(sql: Sql, by: UsageKey | 'principal', of: string | null, { from, to, limit, sessionId }: UsageRange) {
  return sql<UsageSum[]>`
    SELECT u.key, count(*)::int AS calls, count(*) FILTER (WHERE u.presumed)::int AS presumed,
      sum(u.prompt_bytes)::bigint AS prompt_bytes, sum(u.prompt_tokens)::bigint AS prompt_tokens,
      sum(u.completion_tokens)::bigint AS completion_tokens, sum(u.cost_micros)::bigint AS cost_micros
    FROM (SELECT ${keys(sql)[by]} AS key, m.* FROM model_calls m
      WHERE ${counted(sql)} AND m.day BETWEEN ${from} AND ${to}
        ${of === null ? sql`` : sql`AND m.principal_id = ${of}`}
        ${sessionId === undefined ? sql`` : sql`AND m.session_id = ${sessionId}`}) u
    GROUP BY u.key
    ORDER BY ${by === 'day' ? sql`u.key DESC` : sql`cost_micros DESC, calls DESC, u.key`} LIMIT ${limit}`;
}

const totals = (sql: Sql) => sql`b.scope, b.spent_tokens, b.reserved_tokens, b.spent_micros, b.reserved_micros`;
const today = (sql: Sql) => sql`(now() AT TIME ZONE 'UTC')::date`;

export function createOwnUsage(run: Run, principalId: string): OwnUsage {
  return {
    by: (key, range) => run('usage', (sql) => sums(sql, key, principalId, range)),
    budgets: (sessionId) =>
      run(
        'budgets',
        (sql) => sql<BudgetRow[]>`
        SELECT ${totals(sql)} FROM budgets b
        WHERE b.principal_id = ${principalId} AND (
          b.scope = 'principal' AND b.subject = ${principalId} AND b.day = ${today(sql)}
          ${sessionId === undefined ? sql`` : sql`OR b.scope = 'session' AND b.subject = ${sessionId}`})
        ORDER BY b.scope`,
      ),
  };
}

export function createWorkUsage(run: Run): WorkUsage {
  return {
    byPrincipal: (range) => run('usage', (sql) => sums(sql, 'principal', null, range)),
    async today() {
      const [row] = await run(
        'budget',
        (sql) => sql<BudgetRow[]>`
        SELECT ${totals(sql)} FROM budgets b WHERE b.scope = 'day' AND b.subject = '' AND b.day = ${today(sql)}`,
      );
      return row;
    },
  };
}
