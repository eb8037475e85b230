// Events are written by the same statement as the change they tell of, under the session's row lock: no gap, no change untold.
import type postgres from 'postgres';
import type { EventRow, NewEvent } from './rows.ts';
import type { Sql } from './sql.ts';

/** What jsonb cannot hold: a NUL, half of a surrogate pair. */
const unstorable = /\\u(0000|d[89ab][0-9a-f]{2}|d[c-f][0-9a-f]{2})/i;

/** As json, for a text column. */
export function storable(text: string): string {
  return text.replaceAll('\0', '\ufffd').toWellFormed();
}

/**
 * A value for a jsonb parameter. Undefined members are left out, as JSON does; what jsonb cannot hold becomes U+FFFD,
 * because a change that cannot be written down would never be.
 */
export function json(sql: Sql, value: unknown): postgres.Parameter {
  const text = JSON.stringify(value);
  if (!unstorable.test(text)) return sql.json(value as postgres.JSONValue);
  const cleaned: unknown = JSON.parse(text, (_, member: unknown) =>
    typeof member === 'string' ? storable(member) : member,
  );
  return sql.json(cleaned as postgres.JSONValue);
}

type Fragment = postgres.PendingQuery<postgres.Row[]>;

/**
 * A whole statement: the CTEs of `change`, then `events` written for the row of the CTE `from`, which must yield at most
 * one row with `id` (a turn, or null) and `session_id`. `also` is what else is set on its session, by the one update that
 * a statement may make of a row. Answers what was written; nothing when `from` was empty.
 */
export function emit(
  sql: Sql,
  change: Fragment,
  from: string,
  events: readonly NewEvent[],
  also?: Fragment,
): postgres.PendingQuery<EventRow[]> {
  return sql<EventRow[]>`
    WITH ${change}, slot AS (
      UPDATE sessions s SET next_event = s.next_event + ${events.length}${also ? sql`, ${also}` : sql``}
      FROM ${sql(from)} f WHERE s.id = f.session_id
      RETURNING s.id AS session_id, s.next_event - ${events.length} AS first, f.id AS turn_id
    ), emitted AS (
      INSERT INTO events (session_id, seq, turn_id, type, data)
      SELECT slot.session_id, slot.first + e.n - 1, slot.turn_id, e.type, e.data
      FROM slot, ROWS FROM (jsonb_to_recordset(${json(sql, events)}) AS (type text, data jsonb))
        WITH ORDINALITY AS e(type, data, n)
      RETURNING session_id, seq, turn_id, type, data, created_at
    )
    SELECT * FROM emitted ORDER BY seq`;
}
