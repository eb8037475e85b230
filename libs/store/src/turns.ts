// Looking at turns, and what a person or an operator does to them from outside their claim.
import type { Artifact, ErrorInfo, Event, ModelUsage } from '@switchboard/contract';
import { emit, json } from './emit.ts';
import { type InvocationRow, type NewEvent, type QuestionRow, type TurnRow, toEvent } from './rows.ts';
import type { Run } from './run.ts';
import type { Sql } from './sql.ts';
import { usageOfTurn } from './usage.ts';

export interface TurnView {
  readonly turn: TurnRow;
  readonly invocations: InvocationRow[];
  readonly question: QuestionRow | undefined;
  readonly artifacts: Artifact[];
  /** Undefined: no model was asked. */
  readonly usage: ModelUsage | undefined;
}

export interface Canceled {
  /** False: it was being worked on, and its coordinator has been told. */
  readonly ended: boolean;
  readonly events: Event[];
}

export interface OwnTurns {
  /** Undefined when there is no such turn, or it is another principal's. */
  view(id: string): Promise<TurnView | undefined>;
  /** Undefined when it had ended. One that waits ends here; one that is worked on is marked. */
  cancel(id: string, error: ErrorInfo, event: NewEvent): Promise<Canceled | undefined>;
  /** Ids of the turns of a session that have not ended, first first. */
  openOf(sessionId: string): Promise<string[]>;
}

export interface WorkTurns {
  /** All attempts of a turn, by step and attempt. */
  invocations(turnId: string): Promise<InvocationRow[]>;
}

const turnColumns = (sql: Sql) => sql`t.id, t.session_id, t.seq, t.principal_id, t.request, t.address, t.state,
  t.epoch, t.attempts, t.cancel_requested, t.deadline, t.decision, t.plan, t.output, t.error, t.traceparent, t.tainted,
  t.created_at, t.finished_at`;

const invocationColumns = (sql: Sql) => sql`i.id, i.turn_id, i.step, i.attempt, i.agent, i.skill, i.contract_hash,
  i.input, i.input_hash, i.effects, i.repeat, i.ingests, i.policy, i.approval_id, i.deadline, i.epoch, i.state, i.output, i.text, i.error,
  i.started_at, i.finished_at`;

/** In this order, so that each part is at least as new as the turn: one that asks is not seen without its question. */
function readView(sql: Sql, id: string, principalId: string) {
  const owned = sql`EXISTS (SELECT 1 FROM turns WHERE id = ${id} AND principal_id = ${principalId})`;
  return Promise.all([
    sql<(TurnRow & { usage: ModelUsage | null })[]>`
      SELECT ${turnColumns(sql)}, ${usageOfTurn(sql)} AS usage FROM turns t WHERE t.id = ${id} AND t.principal_id = ${principalId}`,
    sql<(InvocationRow & { artifacts: Artifact[] })[]>`
      SELECT ${invocationColumns(sql)}, coalesce((
        SELECT jsonb_agg(jsonb_build_object('id', a.id, 'name', a.name, 'mediaType', a.media_type, 'bytes', a.bytes,
          'sha256', a.sha256) ORDER BY a.id)
        FROM artifacts a WHERE a.invocation_id = i.id), '[]') AS artifacts
      FROM invocations i WHERE i.turn_id = ${id} AND ${owned} ORDER BY i.step, i.attempt`,
    sql<QuestionRow[]>`
      SELECT id, turn_id, kind, body, input_hash, step, asked_at, expires_at, answered_at, answer,
        answered_by, answered_key
      FROM questions
      WHERE turn_id = ${id} AND answered_at IS NULL AND ${owned}`,
  ]);
}

async function cancelTurn(
  sql: Sql,
  { id, principalId }: { id: string; principalId: string },
  error: ErrorInfo,
  event: NewEvent,
): Promise<Canceled | undefined> {
  const marked = await sql`
    UPDATE turns SET cancel_requested = true, not_before = now()
    WHERE id = ${id} AND principal_id = ${principalId}
      AND state IN ('submitted', 'working', 'input-required', 'auth-required') RETURNING id`;
  if (marked.length === 0) return undefined;
  const change = sql`
    turn AS (
      UPDATE turns SET state = 'canceled', error = ${json(sql, error)}, finished_at = now()
      WHERE id = ${id} AND principal_id = ${principalId} AND state IN ('submitted', 'input-required', 'auth-required')
        -- One that something was started of has to be settled first, by whoever claims it.
        AND NOT EXISTS (SELECT 1 FROM invocations i WHERE i.turn_id = turns.id AND i.state = 'started')
      RETURNING id, session_id
    ), closed AS (
      UPDATE questions q SET answered_at = now(), answer = '{"canceled": true}'
      FROM turn WHERE q.turn_id = turn.id AND q.answered_at IS NULL
    )`;
  const rows = await emit(sql, change, 'turn', [event]);
  return { ended: rows.length > 0, events: rows.map(toEvent) };
}

export function createOwnTurns(run: Run, principalId: string): OwnTurns {
  return {
    async view(id) {
      const [[row], invocations, questions] = await run('view', (sql) => readView(sql, id, principalId));
      if (!row) return undefined;
      const { usage, ...turn } = row;
      // Only these can have an open one; any other was asked after the turn was read.
      const asks = turn.state === 'input-required' || turn.state === 'failed';
      const artifacts = invocations.flatMap((row) => row.artifacts);
      return {
        turn,
        invocations,
        question: asks ? questions[0] : undefined,
        artifacts,
        usage: usage ?? undefined,
      };
    },
    cancel: (id, error, event) => run('cancel', (sql) => cancelTurn(sql, { id, principalId }, error, event)),
    async openOf(sessionId) {
      const rows = await run(
        'open',
        (sql) => sql<{ id: string }[]>`
        SELECT id FROM turns WHERE session_id = ${sessionId} AND principal_id = ${principalId}
          AND state IN ('submitted', 'working', 'input-required', 'auth-required') ORDER BY seq`,
      );
      return rows.map((row) => row.id);
    },
  };
}

export function createWorkTurns(run: Run): WorkTurns {
  return {
    invocations: (turnId) =>
      run(
        'invocations',
        (sql) => sql<InvocationRow[]>`
        SELECT ${invocationColumns(sql)} FROM invocations i WHERE i.turn_id = ${turnId} ORDER BY i.step, i.attempt`,
      ),
  };
}
