// R1: a turn is accepted when this one statement commits, and the same key never makes a second one.
import type { Event } from '@switchboard/contract';
import { json } from './emit.ts';
import type { WithKey } from './own.ts';
import { type EventRow, type NewEvent, type TurnAddress, type TurnRequest, toEvent } from './rows.ts';
import type { Run } from './run.ts';
import type { Sql } from './sql.ts';

export interface NewTurn {
  readonly id: string;
  readonly sessionId: string;
  readonly idempotencyKey: string;
  /** Over everything that makes the request what it is. */
  readonly requestHash: string;
  readonly request: TurnRequest;
  readonly address: TurnAddress;
  /** Milliseconds of work after which it fails. */
  readonly deadlineMs: number;
  /** Turns that may wait in one session. */
  readonly queuedMax: number;
  readonly traceparent?: string | undefined;
  /** The linked address that it came from. */
  readonly identityId?: string | undefined;
  readonly event: NewEvent;
}

export type Accepted =
  | { readonly outcome: 'accepted'; readonly turnId: string; readonly event: Event }
  | { readonly outcome: 'replayed'; readonly turnId: string }
  | { readonly outcome: 'mismatch' | 'no-session' | 'session-ended' | 'queue-full' };

const uniqueViolation = '23505';

/** One statement; no row when it was not taken. */
export function insertTurn(sql: Sql, principalId: string, turn: NewTurn, key: WithKey | undefined) {
  return sql<EventRow[]>`
    WITH place AS (
      UPDATE sessions SET next_turn = next_turn + 1, next_event = next_event + 1
      WHERE id = ${turn.sessionId} AND principal_id = ${principalId} AND ended_at IS NULL
        AND NOT EXISTS (SELECT 1 FROM turns
          WHERE principal_id = ${principalId} AND idempotency_key = ${turn.idempotencyKey})
        AND (SELECT count(*) FROM turns WHERE session_id = ${turn.sessionId} AND state = 'submitted') < ${turn.queuedMax}
      RETURNING id, agent, next_turn - 1 AS turn_seq, next_event - 1 AS event_seq
    ), accepted AS (
      INSERT INTO turns (id, session_id, seq, principal_id, idempotency_key, request_hash, request, address, deadline,
        traceparent, key_id, allowed_skills, identity_id)
      SELECT ${turn.id}, place.id, place.turn_seq, ${principalId}, ${turn.idempotencyKey}, ${turn.requestHash},
        ${json(sql, turn.request)},
        -- A session that is tied to an agent ties what is said in it, unless that names another.
        jsonb_strip_nulls(jsonb_build_object('agent', place.agent)) || ${json(sql, turn.address)},
        now() + ${turn.deadlineMs} * interval '1 millisecond', ${turn.traceparent ?? null}, ${key?.keyId ?? null},
        ${key?.allowedSkills ? [...key.allowedSkills] : null}, ${turn.identityId ?? null}
      FROM place RETURNING id
    )
    INSERT INTO events (session_id, seq, turn_id, type, data)
    SELECT place.id, place.event_seq, accepted.id, ${turn.event.type}, ${json(sql, turn.event.data)}
    FROM place, accepted
    RETURNING session_id, seq, turn_id, type, data, created_at`;
}

/** Why nothing was inserted; a repeat of an accepted request finds its turn. */
export async function explain(sql: Sql, principalId: string, turn: NewTurn): Promise<Accepted> {
  const [known] = await sql<{ id: string; requestHash: string }[]>`
    SELECT id, request_hash FROM turns
    WHERE principal_id = ${principalId} AND idempotency_key = ${turn.idempotencyKey}`;
  if (known) {
    return known.requestHash === turn.requestHash ? { outcome: 'replayed', turnId: known.id } : { outcome: 'mismatch' };
  }
  const [session] = await sql<{ endedAt: Date | null }[]>`
    SELECT ended_at FROM sessions WHERE id = ${turn.sessionId} AND principal_id = ${principalId}`;
  if (!session) return { outcome: 'no-session' };
  return { outcome: session.endedAt ? 'session-ended' : 'queue-full' };
}

/** Safe to call again with the same key, at any time and at once: only one of the calls inserts. */
export async function acceptTurn(run: Run, principalId: string, turn: NewTurn, key?: WithKey): Promise<Accepted> {
  let taken = false;
  try {
    const [row] = await run('accept', (sql) => insertTurn(sql, principalId, turn, key));
    if (row) return { outcome: 'accepted', turnId: turn.id, event: toEvent(row) };
  } catch (error) {
    // Another call with this key committed between our look and our insert.
    if (!(error instanceof Error && 'code' in error && error.code === uniqueViolation)) throw error;
    taken = true;
  }
  const why = await run('accept', (sql) => explain(sql, principalId, turn));
  // By a turn that this key may not see.
  return taken && why.outcome === 'queue-full' ? { outcome: 'mismatch' } : why;
}
