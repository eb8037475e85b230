// The record as it is read back, and the outbox as the relay empties it.
import type { Event, Seal } from '@switchboard/contract';
import { type EventRow, toEvent } from './rows.ts';
import type { Run } from './run.ts';
import type { Sql } from './sql.ts';

export interface OutboxEvent {
  readonly rowId: number;
  readonly event: Event;
  /** Undefined until it is sealed. */
  readonly seal: Seal | undefined;
}

type OutboxRow = EventRow & { id: number; auditSeq: number | null; auditHash: Buffer | null };

export interface OwnEvents {
  /** Events of a session after `seq`, in order. */
  after(sessionId: string, seq: number, limit: number): Promise<Event[]>;
  /** Where a turn begins in its session's sequence; 1 when nothing is told of it. */
  firstOf(turnId: string): Promise<number>;
}

export interface Outbox {
  /** Unpublished events in the order in which they were written, so each session’s in order. */
  unpublished(limit: number): Promise<OutboxEvent[]>;
  /** Events that the stream does not hold yet. */
  count(): Promise<number>;
  markPublished(published: readonly { rowId: number; sequence: number }[]): Promise<void>;
}

export interface Relay {
  /** True when this owner may publish for the next `leaseMs`. */
  lead(owner: string, leaseMs: number): Promise<boolean>;
  resign(owner: string): Promise<void>;
  /**
   * Compares the stream with the one that was published to: for another stream, or one that ends before what was
   * acknowledged, the events it lacks are unpublished again. Answers how many.
   */
  align(stream: { created: string; lastSequence: number }, retentionDays: number): Promise<number>;
}

const columns = (sql: Sql) => sql`e.session_id, e.seq, e.turn_id, e.type, e.data, e.created_at`;

export function createOwnEvents(run: Run, principalId: string): OwnEvents {
  return {
    async after(sessionId, seq, limit) {
      const rows = await run(
        'events',
        (sql) => sql<EventRow[]>`
        SELECT ${columns(sql)} FROM sessions s JOIN events e ON e.session_id = s.id
        WHERE s.id = ${sessionId} AND s.principal_id = ${principalId} AND e.seq > ${seq}
        ORDER BY e.seq LIMIT ${limit}`,
      );
      return rows.map(toEvent);
    },
    async firstOf(turnId) {
      const [row] = await run(
        'events',
        (sql) => sql<{ first: number | null }[]>`
        SELECT min(e.seq) AS first FROM sessions s JOIN events e ON e.session_id = s.id
        WHERE e.turn_id = ${turnId} AND s.principal_id = ${principalId}`,
      );
      return row?.first ?? 1;
    },
  };
}

export function createOutbox(run: Run, bookkeeping: Run): Outbox {
  return {
    async unpublished(limit) {
      const rows = await run(
        'outbox',
        (sql) => sql<OutboxRow[]>`
        SELECT e.id, ${columns(sql)}, a.seq AS audit_seq, a.hash AS audit_hash
        FROM events e LEFT JOIN audit a ON a.seq = e.audit_seq
        WHERE e.published IS NULL ORDER BY e.id LIMIT ${limit}`,
      );
      return rows.map((row) => {
        const { id, auditSeq, auditHash } = row;
        const seal = auditSeq && auditHash ? { seq: auditSeq, hash: auditHash.toString('hex') } : undefined;
        return { rowId: id, event: toEvent(row), seal };
      });
    },
    async count() {
      const [row] = await run(
        'outbox',
        (sql) => sql<{ count: number }[]>`SELECT count(*) FROM events WHERE published IS NULL`,
      );
      return row?.count ?? 0;
    },
    async markPublished(published) {
      if (published.length === 0) return;
      await bookkeeping(
        'outbox',
        (sql) => sql`
        UPDATE events e SET published = p.sequence
        FROM unnest(${published.map((row) => row.rowId)}::bigint[], ${published.map((row) => row.sequence)}::bigint[])
          AS p(id, sequence)
        WHERE e.id = p.id`,
      );
    },
  };
}

export function createRelay(run: Run): Relay {
  return {
    async lead(owner, leaseMs) {
      const rows = await run(
        'lead',
        (sql) => sql`
        UPDATE relay SET owner = ${owner}, lease_until = now() + ${leaseMs} * interval '1 millisecond'
        WHERE owner IS NULL OR owner = ${owner} OR lease_until < now() RETURNING owner`,
      );
      return rows.length > 0;
    },
    async resign(owner) {
      await run('resign', (sql) => sql`UPDATE relay SET owner = NULL, lease_until = NULL WHERE owner = ${owner}`);
    },
    async align(stream, retentionDays) {
      const [known] = await run(
        'align',
        (sql) => sql<{ streamCreated: string | null }[]>`SELECT stream_created FROM relay`,
      );
      const same = known?.streamCreated === stream.created;
      const reset = await run(
        'align',
        (sql) => sql`
        UPDATE events SET published = NULL
        WHERE published > ${same ? stream.lastSequence : 0}
          AND created_at > now() - ${retentionDays} * interval '1 day'`,
      );
      if (!same) await run('align', (sql) => sql`UPDATE relay SET stream_created = ${stream.created}`);
      return reset.count;
    },
  };
}
