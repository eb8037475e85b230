// Every write of a claimed turn: one atomic, fenced change with the events that tell of it.
import {
  type ErrorInfo,
  type Event,
  isTerminal,
  type PlannedStep,
  type RouteDecision,
  type StepState,
  type TurnState,
} from '@switchboard/contract';
import type { Fence } from './claims.ts';
import { emit, json, storable } from './emit.ts';
import { type InvocationRow, type NewEvent, type TurnOutput, toEvent } from './rows.ts';
import type { Run } from './run.ts';
import type { Sql } from './sql.ts';
import { type NewSummary, type ThoughtRow, thinking } from './thoughts.ts';

export type NewInvocation = Omit<
  InvocationRow,
  'turnId' | 'epoch' | 'state' | 'output' | 'text' | 'error' | 'startedAt' | 'finishedAt'
>;

export interface EndedInvocation {
  readonly id: string;
  readonly state: Exclude<StepState, 'started'>;
  readonly output?: Record<string, unknown>;
  readonly text?: string;
  readonly error?: ErrorInfo;
}

export interface NewQuestion {
  readonly id: string;
  readonly kind: 'choice' | 'input' | 'approval' | 'outcome';
  readonly body: Record<string, unknown>;
  readonly inputHash?: string;
  /** The step that an approval is for. */
  readonly step?: number;
  readonly expiresInMs: number;
}

export interface Transition {
  /** Default: it goes on working. Any other state gives the claim back. */
  readonly state?: Exclude<TurnState, 'working'>;
  readonly decision?: RouteDecision;
  readonly plan?: readonly PlannedStep[];
  readonly output?: TurnOutput;
  readonly error?: ErrorInfo;
  readonly deadLetter?: boolean;
  /** With state submitted: not to be claimed again before this many milliseconds. */
  readonly notBeforeMs?: number;
  readonly start?: NewInvocation;
  readonly end?: EndedInvocation;
  readonly ask?: NewQuestion;
  /** Each at most once: a second one of the same number is an error, and nothing is written. */
  readonly thoughts?: readonly ThoughtRow[];
  readonly summary?: NewSummary;
  readonly events: readonly [NewEvent, ...NewEvent[]];
}

/** Undefined: the claim has been lost, nothing was written, and the turn is somebody else's now. */
export type Transit = (fence: Fence, change: Transition) => Promise<Event[] | undefined>;

function started(sql: Sql, epoch: number, row: NewInvocation) {
  return sql`, started AS (
    INSERT INTO invocations (id, turn_id, session_id, step, attempt, agent, skill, contract_hash, input, input_hash,
      effects, repeat, ingests, policy, approval_id, deadline, epoch)
    SELECT ${row.id}, fence.id, fence.session_id, ${row.step}, ${row.attempt}, ${row.agent}, ${row.skill},
      ${row.contractHash}, ${json(sql, row.input)}, ${row.inputHash}, ${json(sql, row.effects)}, ${row.repeat},
      ${row.ingests}, ${json(sql, row.policy)}, ${row.approvalId}::uuid, ${row.deadline}, ${epoch}
    FROM fence)`;
}

function ended(sql: Sql, row: EndedInvocation) {
  return sql`, ended AS (
    UPDATE invocations i SET state = ${row.state}, output = ${row.output ? json(sql, row.output) : null},
      text = ${row.text === undefined ? null : storable(row.text)}, error = ${row.error ? json(sql, row.error) : null}, finished_at = now()
    FROM fence WHERE i.id = ${row.id} AND i.turn_id = fence.id)`;
}

function asked(sql: Sql, row: NewQuestion) {
  return sql`, asked AS (
    INSERT INTO questions (id, turn_id, kind, body, input_hash, step, expires_at)
    SELECT ${row.id}, fence.id, ${row.kind}, ${json(sql, row.body)}, ${row.inputHash ?? null}, ${row.step ?? null},
      now() + ${row.expiresInMs} * interval '1 millisecond'
    FROM fence)`;
}

function write(sql: Sql, fence: Fence, change: Transition) {
  const progress =
    change.end !== undefined || change.plan !== undefined || change.ask !== undefined || change.thoughts !== undefined;
  const leaves = change.state !== undefined;
  const terminal = change.state !== undefined && isTerminal(change.state);
  // With the start of what reads, before anything of it is known to anybody.
  const taints = change.start?.ingests === 'untrusted';
  const optional = (value: unknown) => (value === undefined ? null : json(sql, value));
  const written = sql`
      fence AS (
        UPDATE turns t SET
          state = coalesce(${change.state ?? null}, t.state),
          decision = coalesce(${optional(change.decision)}::jsonb, t.decision),
          plan = coalesce(${optional(change.plan)}::jsonb, t.plan),
          output = coalesce(${optional(change.output)}::jsonb, t.output),
          error = coalesce(${optional(change.error)}::jsonb, t.error),
          dead_letter = ${change.deadLetter ?? false},
          tainted = t.tainted OR ${taints},
          attempts = CASE WHEN ${progress} THEN 0 ELSE t.attempts END,
          lease_owner = CASE WHEN ${leaves} THEN NULL ELSE t.lease_owner END,
          lease_until = CASE WHEN ${leaves} THEN NULL ELSE t.lease_until END,
          not_before = now() + ${change.notBeforeMs ?? 0} * interval '1 millisecond',
          finished_at = CASE WHEN ${terminal} THEN now() ELSE t.finished_at END
        WHERE t.id = ${fence.id} AND t.epoch = ${fence.epoch} AND t.state = 'working'
          -- A person who has canceled is not asked any more.
          AND NOT (t.cancel_requested AND ${change.state === 'input-required'})
        RETURNING t.id, t.session_id
      )
      ${change.start ? started(sql, fence.epoch, change.start) : sql``}
      ${change.end ? ended(sql, change.end) : sql``}
      ${change.ask ? asked(sql, change.ask) : sql``}
      ${change.thoughts ? thinking(sql, change.thoughts, change.summary) : sql``}
      `;
  return emit(sql, written, 'fence', change.events, taints ? sql`tainted = true` : undefined);
}

export function createTransit(run: Run): Transit {
  return async (fence, change) => {
    const rows = await run('transition', (sql) => write(sql, fence, change));
    return rows.length === 0 ? undefined : rows.map(toEvent);
  };
}
