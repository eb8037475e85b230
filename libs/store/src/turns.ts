// Looking at turns, and what a person or an operator does to them from outside their claim.
import type { Artifact, ErrorInfo, Event } from '@switchboard/contract';
import { emit, json } from './emit.ts';
import { type InvocationRow, type NewEvent, type QuestionRow, type TurnRow, toEvent } from './rows.ts';
import type { Guard, Sql } from './sql.ts';

export interface TurnView {
  readonly turn: TurnRow;
  readonly invocations: InvocationRow[];
  readonly question: QuestionRow | undefined;
  readonly artifacts: Artifact[];
}

export interface Canceled {
  /** False: it was being worked on, and its coordinator has been told. */
  readonly ended: boolean;
  readonly events: Event[];
}

export interface Turns {
  /** Undefined when there is no such turn, or it is another principal's. */
  view(id: string, principalId: string): Promise<TurnView | undefined>;
  /** All attempts of a turn, by step and attempt. */
  invocations(turnId: string): Promise<InvocationRow[]>;
  /** Undefined when it had ended. One that waits ends here; one that is worked on is marked. */
  cancel(id: string, error: ErrorInfo, event: NewEvent): Promise<Canceled | undefined>;
  /** Ids of the turns of a session that have not ended, first first. */
  openOf(sessionId: string): Promise<string[]>;
}

export const turnColumns = (sql: Sql) => sql`t.id, t.session_id, t.seq, t.principal_id, t.request, t.address, t.state,
  t.epoch, t.attempts, t.cancel_requested, t.deadline, t.decision, t.plan, t.output, t.error, t.traceparent,
  t.created_at, t.finished_at`;

const invocationColumns = (sql: Sql) => sql`i.id, i.turn_id, i.step, i.attempt, i.agent, i.skill, i.contract_hash,
  i.input, i.input_hash, i.effects, i.repeat, i.approval_id, i.deadline, i.epoch, i.state, i.output, i.text, i.error,
  i.started_at, i.finished_at`;

export function createTurns(sql: Sql, guard: Guard): Turns {
  const invocations = (turnId: string) =>
    guard(
      'invocations',
      sql<InvocationRow[]>`
    SELECT ${invocationColumns(sql)} FROM invocations i WHERE i.turn_id = ${turnId} ORDER BY i.step, i.attempt`,
    );

  async function view(id: string, principalId: string): Promise<TurnView | undefined> {
    // The turn first: the rest is at least as new, so one that asks is not seen without its question.
    const [turn] = await guard(
      'view',
      sql<TurnRow[]>`SELECT ${turnColumns(sql)} FROM turns t WHERE t.id = ${id} AND t.principal_id = ${principalId}`,
    );
    if (!turn) return undefined;
    const [rows, questions] = await guard(
      'view',
      Promise.all([
        sql<(InvocationRow & { artifacts: Artifact[] })[]>`
        SELECT ${invocationColumns(sql)}, coalesce((
          SELECT jsonb_agg(jsonb_build_object('id', a.id, 'name', a.name, 'mediaType', a.media_type, 'bytes', a.bytes,
            'sha256', a.sha256) ORDER BY a.id)
          FROM artifacts a WHERE a.invocation_id = i.id), '[]') AS artifacts
        FROM invocations i WHERE i.turn_id = ${id} ORDER BY i.step, i.attempt`,
        // Only these can have an open one.
        turn.state === 'input-required' || turn.state === 'failed'
          ? sql<QuestionRow[]>`
        SELECT id, turn_id, kind, body, input_hash, asked_at, expires_at, answered_at, answer FROM questions
        WHERE turn_id = ${id} AND answered_at IS NULL`
          : [],
      ]),
    );
    return { turn, invocations: rows, question: questions[0], artifacts: rows.flatMap((row) => row.artifacts) };
  }

  async function cancel(id: string, error: ErrorInfo, event: NewEvent): Promise<Canceled | undefined> {
    const [marked] = await guard(
      'cancel',
      sql<{ state: string }[]>`
      UPDATE turns SET cancel_requested = true, not_before = now()
      WHERE id = ${id} AND state IN ('submitted', 'working', 'input-required', 'auth-required') RETURNING state`,
    );
    if (!marked) return undefined;
    const rows = await guard(
      'cancel',
      emit(
        sql,
        sql`
      turn AS (
        UPDATE turns SET state = 'canceled', error = ${json(sql, error)}, finished_at = now()
        WHERE id = ${id} AND state IN ('submitted', 'input-required', 'auth-required')
          -- One that something was started of has to be settled first, by whoever claims it.
          AND NOT EXISTS (SELECT 1 FROM invocations i WHERE i.turn_id = turns.id AND i.state = 'started')
        RETURNING id, session_id
      ), closed AS (
        UPDATE questions q SET answered_at = now(), answer = '{"canceled": true}'
        FROM turn WHERE q.turn_id = turn.id AND q.answered_at IS NULL
      )`,
        'turn',
        [event],
      ),
    );
    return { ended: rows.length > 0, events: rows.map(toEvent) };
  }

  return {
    view,
    invocations,
    cancel,
    async openOf(sessionId) {
      const rows = await guard(
        'open',
        sql<{ id: string }[]>`
        SELECT id FROM turns WHERE session_id = ${sessionId}
          AND state IN ('submitted', 'working', 'input-required', 'auth-required') ORDER BY seq`,
      );
      return rows.map((row) => row.id);
    },
  };
}
