// Questions that wait for a person: rows that survive every restart, are answered once, and expire to no.
import type { ErrorInfo, Event, PlannedStep } from '@switchboard/contract';
import { emit, json } from './emit.ts';
import { type NewEvent, type QuestionRow, type TurnAddress, toEvent } from './rows.ts';
import type { Guard, Sql } from './sql.ts';

/** What an answer does to its turn. */
export interface AnswerEffect {
  readonly turnId: string;
  readonly questionId: string;
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

export interface Questions {
  open(turnId: string): Promise<QuestionRow | undefined>;
  /** What has been answered in a turn, oldest first. */
  answered(turnId: string): Promise<QuestionRow[]>;
  /** Undefined when it has been answered before, or has expired: nothing was written. */
  answer(effect: AnswerEffect): Promise<Event[] | undefined>;
  /** Open questions whose time is over. */
  expired(limit: number): Promise<QuestionRow[]>;
  /** As `answer`, for a question whose time is over. */
  expire(effect: AnswerEffect): Promise<Event[] | undefined>;
}

function settle(sql: Sql, effect: AnswerEffect, expired: boolean) {
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
      UPDATE questions SET answered_at = now(), answer = ${json(sql, effect.answer)}
      WHERE id = ${effect.questionId} AND turn_id = ${effect.turnId} AND answered_at IS NULL
        AND ${expired ? sql`expires_at <= now()` : sql`expires_at > now()`}
      RETURNING turn_id
    ), turn AS (${changed})`;
  return emit(sql, settled, 'turn', effect.events);
}

export function createQuestions(sql: Sql, guard: Guard): Questions {
  const columns = sql`id, turn_id, kind, body, input_hash, asked_at, expires_at, answered_at, answer`;
  async function write(effect: AnswerEffect, expired: boolean): Promise<Event[] | undefined> {
    const rows = await guard('answer', settle(sql, effect, expired));
    return rows.length === 0 ? undefined : rows.map(toEvent);
  }
  return {
    async open(turnId) {
      const [row] = await guard(
        'question',
        sql<QuestionRow[]>`
        SELECT ${columns} FROM questions WHERE turn_id = ${turnId} AND answered_at IS NULL`,
      );
      return row;
    },
    answered: (turnId) =>
      guard(
        'questions',
        sql<QuestionRow[]>`
        SELECT ${columns} FROM questions WHERE turn_id = ${turnId} AND answered_at IS NOT NULL ORDER BY answered_at`,
      ),
    answer: (effect) => write(effect, false),
    expired: (limit) =>
      guard(
        'expired',
        sql<QuestionRow[]>`
        SELECT ${columns} FROM questions WHERE answered_at IS NULL AND expires_at <= now()
        ORDER BY expires_at LIMIT ${limit}`,
      ),
    expire: (effect) => write(effect, true),
  };
}
