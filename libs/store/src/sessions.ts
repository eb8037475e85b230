// Sessions: whose they are, and what was said in them.
import type { Event } from '@switchboard/contract';
import { emit, json } from './emit.ts';
import { type EventRow, type NewEvent, type SessionRow, toEvent } from './rows.ts';
import type { Run } from './run.ts';
import type { Sql } from './sql.ts';

export interface SessionMessage {
  readonly turnId: string;
  readonly input: string;
  readonly output: string | null;
  readonly error: string | null;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
}

export interface Sessions {
  /** Undefined when a session of this id is there already. */
  create(
    session: { id: string; title?: string | undefined; agent?: string | undefined },
    event: NewEvent,
  ): Promise<{ session: SessionRow; events: Event[] } | undefined>;
  /** Undefined when there is no such session, or it is another principal's. */
  find(id: string): Promise<SessionRow | undefined>;
  list(limit: number, before?: string): Promise<SessionRow[]>;
  /** The newest turns of a session, oldest first. */
  messages(id: string, limit: number, before?: string): Promise<SessionMessage[]>;
  /**
   * A person vouches for all that was read in it so far: while something is being read, it stays tainted. Undefined when
   * there is no such session.
   */
  trust(id: string, event: NewEvent): Promise<Event[] | undefined>;
  /** Undefined when it had ended. */
  end(id: string, event: NewEvent): Promise<Event[] | undefined>;
}

const columns = (sql: Sql) => sql`id, principal_id, title, agent, tainted, created_at, ended_at`;

export function createSessions(run: Run, principalId: string, keyId?: string): Sessions {
  return {
    create: (session, event) =>
      run('create session', async (sql) => {
        const [row] = await sql<SessionRow[]>`
          INSERT INTO sessions (id, principal_id, title, agent, next_event, key_id)
          VALUES (${session.id}, ${principalId}, ${session.title ?? null}, ${session.agent ?? null}, 2, ${keyId ?? null})
          ON CONFLICT (id) DO NOTHING
          RETURNING ${columns(sql)}`;
        // It was made before, by the same call: an id is never given twice otherwise.
        if (!row) return undefined;
        // Not in one statement: only in the next is the session there for the event to belong to.
        const events = await sql<EventRow[]>`
          INSERT INTO events (session_id, seq, type, data) VALUES (${row.id}, 1, ${event.type}, ${json(sql, event.data)})
          RETURNING session_id, seq, turn_id, type, data, created_at`;
        return { session: row, events: events.map(toEvent) };
      }),
    async find(id) {
      const [row] = await run(
        'session',
        (sql) => sql<SessionRow[]>`
        SELECT ${columns(sql)} FROM sessions WHERE id = ${id} AND principal_id = ${principalId}`,
      );
      return row;
    },
    list: (limit, before) =>
      run(
        'sessions',
        (sql) => sql<SessionRow[]>`
        SELECT ${columns(sql)} FROM sessions WHERE principal_id = ${principalId}
          ${before === undefined ? sql`` : sql`AND id < ${before}`}
        ORDER BY id DESC LIMIT ${limit}`,
      ),
    async messages(id, limit, before) {
      const rows = await run(
        'messages',
        (sql) => sql<SessionMessage[]>`
        SELECT id AS turn_id, request->>'input' AS input, output->>'text' AS output, error->>'message' AS error,
          created_at, finished_at
        FROM turns WHERE session_id = ${id} AND principal_id = ${principalId}
          ${before === undefined ? sql`` : sql`AND seq < (SELECT seq FROM turns WHERE id = ${before} AND session_id = ${id})`}
        ORDER BY seq DESC LIMIT ${limit}`,
      );
      return rows.reverse();
    },
    async trust(id, event) {
      const rows = await run('trust', async (sql) => {
        // What starts to read at the same time is seen below, or taints after this.
        await sql`SELECT FROM sessions WHERE id = ${id} AND principal_id = ${principalId} FOR NO KEY UPDATE`;
        const trusted = sql`
          trusted AS (SELECT NULL::uuid AS id, id AS session_id FROM sessions
            WHERE id = ${id} AND principal_id = ${principalId})`;
        const reads = sql`EXISTS (SELECT FROM turns t JOIN invocations i ON i.turn_id = t.id
          WHERE t.session_id = s.id AND t.state IN ('submitted', 'working')
            AND i.state = 'started' AND i.ingests = 'untrusted')`;
        return emit(sql, trusted, 'trusted', [event], sql`tainted = ${reads}`);
      });
      return rows.length === 0 ? undefined : rows.map(toEvent);
    },
    end: (id, event) =>
      run('end session', async (sql) => {
        const ended = await sql`
          UPDATE sessions SET ended_at = now()
          WHERE id = ${id} AND principal_id = ${principalId} AND ended_at IS NULL RETURNING id`;
        if (ended.length === 0) return undefined;
        const ending = sql`ending AS (SELECT NULL::uuid AS id, ${id}::uuid AS session_id)`;
        return (await emit(sql, ending, 'ending', [event])).map(toEvent);
      }),
  };
}
