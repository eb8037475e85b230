// Questions that wait for a person: rows that survive every restart, are answered once, and expire to no.
import type { ErrorInfo, Event, PlannedStep } from '@switchboard/contract';
import type postgres from 'postgres';
import { emit, json } from './emit.ts';
import { type EventRow, type NewEvent, type QuestionRow, type TurnAddress, toEvent } from './rows.ts';
import type { Run } from './run.ts';
import type { Sql } from './sql.ts';

/** What an answer does to its turn. */
export interface AnswerEffect {
  readonly turnId: string;
  readonly questionId: string;
  /** Null: the end of its time. */
  readonly by: { readonly principalId: string; readonly keyId: string } | null;
  readonly answer: Record<string, unknown>;
  /** submitted: it goes on where it stands in its session. unchanged: it had ended; the answer is on the record. */
  readonly turn:
    | {
        readonly state: 'submitted';
        readonly address?: TurnAddress;
        readonly plan?: readonly PlannedStep[];
        readonly deadlineMs: number;
      }
    | { readonly state: 'canceled'; readonly error: ErrorInfo }
    | { readonly state: 'unchanged' };
  readonly events: readonly NewEvent[];
}

/** An open approval, and the session that it came up in. */
export interface ApprovalRow extends QuestionRow {
  readonly sessionId: string;
}

export interface OwnQuestions {
  /** Approvals that can still be answered, newest first. */
  approvals(limit: number, before?: string): Promise<ApprovalRow[]>;
  /** The turn that an approval is for, open or not. */
  turnOfApproval(id: string): Promise<string | undefined>;
  /** What has been answered in a turn, oldest first. */
  answered(turnId: string): Promise<QuestionRow[]>;
  /** Undefined when it has been answered before, or has expired: nothing was written. */
  answer(effect: AnswerEffect): Promise<Event[] | undefined>;
}

export interface WorkQuestions {
  /** What has been answered in a turn, oldest first. */
  answered(turnId: string): Promise<QuestionRow[]>;
  /** Open questions whose time is over. */
  expired(limit: number): Promise<QuestionRow[]>;
  /** As `answer`, for a question whose time is over. */
  expire(effect: AnswerEffect): Promise<Event[] | undefined>;
}

type Condition = postgres.PendingQuery<postgres.Row[]>;

/** The open question, when it also meets the condition, and with it its turn. No row: it was not open any more. */
function settle(sql: Sql, effect: AnswerEffect, condition: Condition) {
  const { turn } = effect;
  const goesOn = turn.state === 'submitted';
  const optional = (value: unknown) => (value === undefined ? null : json(sql, value));
  const changed =
    turn.state === 'unchanged'
      ? sql`SELECT t.id, t.session_id FROM turns t, question q WHERE t.id = q.turn_id`
      : sql`
        UPDATE turns t SET state = ${turn.state}, attempts = 0, not_before = now(),
          address = coalesce(${optional(goesOn ? turn.address : undefined)}::jsonb, t.address),
          plan = coalesce(${optional(goesOn ? turn.plan : undefined)}::jsonb, t.plan),
          deadline = ${goesOn ? sql`now() + ${turn.deadlineMs} * interval '1 millisecond'` : sql`t.deadline`},
          error = ${goesOn ? null : json(sql, turn.error)},
          finished_at = ${goesOn ? null : sql`now()`}
        FROM question q WHERE t.id = q.turn_id AND t.state = 'input-required'
        RETURNING t.id, t.session_id`;
  const settled = sql`
    question AS (
      UPDATE questions SET answered_at = now(), answer = ${json(sql, effect.answer)},
        answered_by = ${effect.by?.principalId ?? null}, answered_key = ${effect.by?.keyId ?? null}
      WHERE id = ${effect.questionId} AND turn_id = ${effect.turnId} AND answered_at IS NULL
        AND ${condition}
      RETURNING turn_id
    ), turn AS (${changed})`;
  return emit(sql, settled, 'turn', effect.events);
}

/** One statement: the answer of whom the turn belongs to. No row: it has been answered before, or has expired. */
export function settleOwn(sql: Sql, principalId: string, effect: AnswerEffect) {
  const own = sql`EXISTS (SELECT 1 FROM turns WHERE id = ${effect.turnId} AND principal_id = ${principalId})`;
  return settle(sql, effect, sql`expires_at > now() AND ${own}`);
}

const columns = (sql: Sql) => sql`q.id, q.turn_id, q.kind, q.body, q.input_hash, q.step, q.asked_at, q.expires_at,
  q.answered_at, q.answer, q.answered_by, q.answered_key`;

const written = (rows: readonly EventRow[]): Event[] | undefined => (rows.length === 0 ? undefined : rows.map(toEvent));

export function createOwnQuestions(run: Run, principalId: string): OwnQuestions {
  return {
    approvals: (limit, before) =>
      run(
        'approvals',
        (sql) => sql<ApprovalRow[]>`
        SELECT ${columns(sql)}, t.session_id FROM questions q JOIN turns t ON t.id = q.turn_id
        WHERE q.kind = 'approval' AND q.answered_at IS NULL AND q.expires_at > now()
          AND t.principal_id = ${principalId} AND t.state = 'input-required'
          ${before === undefined ? sql`` : sql`AND q.id < ${before}`}
        ORDER BY q.id DESC LIMIT ${limit}`,
      ),
    async turnOfApproval(id) {
      const [row] = await run(
        'approval',
        (sql) => sql<{ turnId: string }[]>`
        SELECT q.turn_id FROM questions q JOIN turns t ON t.id = q.turn_id
        WHERE q.id = ${id} AND q.kind = 'approval' AND t.principal_id = ${principalId}`,
      );
      return row?.turnId;
    },
    answered: (turnId) =>
      run(
        'questions',
        (sql) => sql<QuestionRow[]>`
        SELECT ${columns(sql)} FROM turns t JOIN questions q ON q.turn_id = t.id
        WHERE t.id = ${turnId} AND t.principal_id = ${principalId} AND q.answered_at IS NOT NULL
        ORDER BY q.answered_at`,
      ),
    answer: async (effect) => written(await run('answer', (sql) => settleOwn(sql, principalId, effect))),
  };
}

export function createWorkQuestions(run: Run): WorkQuestions {
  return {
    answered: (turnId) =>
      run(
        'questions',
        (sql) => sql<QuestionRow[]>`
        SELECT ${columns(sql)} FROM questions q WHERE q.turn_id = ${turnId} AND q.answered_at IS NOT NULL
        ORDER BY q.answered_at`,
      ),
    expired: (limit) =>
      run(
        'expired',
        (sql) => sql<QuestionRow[]>`
        SELECT ${columns(sql)} FROM questions q WHERE q.answered_at IS NULL AND q.expires_at <= now()
        ORDER BY q.expires_at LIMIT ${limit}`,
      ),
    expire: async (effect) => written(await run('expire', (sql) => settle(sql, effect, sql`expires_at <= now()`))),
  };
}
