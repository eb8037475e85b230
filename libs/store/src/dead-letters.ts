// Turns that their coordinators gave up on: set aside with the reason, until an operator lets them try again or drops them.
import type { Event } from '@switchboard/contract';
import { emit } from './emit.ts';
import { type NewEvent, toEvent } from './rows.ts';
import type { Run } from './run.ts';

export interface DeadLetter {
  readonly turnId: string;
  readonly sessionId: string;
  readonly input: string;
  readonly reason: string;
  readonly attempts: number;
  readonly at: Date;
}

export interface DeadLetters {
  list(limit: number, before?: string): Promise<DeadLetter[]>;
  /** Undefined when it is no dead letter. */
  requeue(id: string, deadlineMs: number, event: NewEvent): Promise<Event[] | undefined>;
  drop(id: string): Promise<boolean>;
}

export function createDeadLetters(run: Run, principalId: string): DeadLetters {
  async function requeue(id: string, deadlineMs: number, event: NewEvent): Promise<Event[] | undefined> {
    const rows = await run('requeue', (sql) =>
      emit(
        sql,
        sql`
      turn AS (
        UPDATE turns SET state = 'submitted', dead_letter = false, attempts = 0, error = NULL, finished_at = NULL,
          cancel_requested = false, not_before = now(), deadline = now() + ${deadlineMs} * interval '1 millisecond'
        WHERE id = ${id} AND principal_id = ${principalId} AND dead_letter AND state = 'failed'
        RETURNING id, session_id
      )`,
        'turn',
        [event],
      ),
    );
    return rows.length === 0 ? undefined : rows.map(toEvent);
  }

  return {
    requeue,
    list: (limit, before) =>
      run(
        'dead letters',
        (sql) => sql<DeadLetter[]>`
        SELECT id AS turn_id, session_id, request->>'input' AS input, error->>'message' AS reason, attempts,
          finished_at AS at
        FROM turns WHERE dead_letter AND principal_id = ${principalId}
          ${before === undefined ? sql`` : sql`AND id < ${before}`}
        ORDER BY id DESC LIMIT ${limit}`,
      ),
    async drop(id) {
      const rows = await run(
        'drop',
        (sql) => sql`
        UPDATE turns SET dead_letter = false WHERE id = ${id} AND principal_id = ${principalId} AND dead_letter
        RETURNING id`,
      );
      return rows.length > 0;
    },
  };
}
