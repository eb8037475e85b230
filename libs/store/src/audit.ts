// The audit chain: acts are written beside what they tell of, and everything is linked into one chain afterwards.
import {
  type Act,
  type AuditEntry,
  type AuditRecord,
  type AuditSource,
  auditDigest,
  type Seal,
  type Stray,
} from '@switchboard/contract';
import { json, storable } from './emit.ts';
import { type EventRow, toEvent } from './rows.ts';
import type { Guard, Sql } from './sql.ts';

export interface NewAct {
  /** Who does it: a principal's name, or a service's. */
  readonly actor: string;
  /** What is done, by a plain name: `key-made`. */
  readonly action: string;
  /** To what: an id or a name. */
  readonly subject?: string;
  /** What else is worth knowing. Never a secret: it cannot be taken back. */
  readonly data?: Readonly<Record<string, unknown>>;
}

/** In the transaction `sql` of the change that it tells of: both are there, or neither. Takes no lock. */
export async function appendAudit(sql: Sql, act: NewAct): Promise<void> {
  await sql`
    INSERT INTO acts (actor, action, subject, data)
    VALUES (${storable(act.actor)}, ${act.action}, ${act.subject === undefined ? null : storable(act.subject)},
      ${json(sql, act.data ?? {})})`;
}

interface ActRow {
  readonly id: number;
  readonly actor: string;
  readonly action: string;
  readonly subject: string | null;
  readonly data: Record<string, unknown>;
  readonly createdAt: Date;
}

/** The columns of an event, those of an act, and which of them are there. Neither: the record is gone. */
type EntryRow = Omit<EventRow & ActRow, 'data' | 'createdAt'> & {
  readonly place: number;
  readonly digest: Buffer;
  readonly hash: Buffer;
  readonly eventData: EventRow['data'];
  readonly eventAt: Date | null;
  readonly actData: ActRow['data'];
  readonly actAt: Date | null;
};

export interface Unsealed {
  readonly rowId: number;
  readonly record: AuditRecord;
}

export interface Audit {
  /** An act that changes nothing else in the database. With a change: appendAudit, in its transaction. */
  append(act: NewAct): Promise<void>;
  /** Links records to the chain in this order, on disk when it answers; by rowId. What is linked already is left out. */
  seal(source: AuditSource, records: readonly Unsealed[]): Promise<Map<number, Seal>>;
  /** Seals up to `limit` events and as many acts, the oldest first. Answers how many. */
  sealPending(limit: number): Promise<number>;
  /** The end of the chain; undefined while it is empty. */
  head(): Promise<Seal | undefined>;
  /** Entries after `seq`, in order. */
  after(seq: number, limit: number): Promise<AuditEntry[]>;
  /**
   * Looks at `limit` records after the row `after` for those that are not in the chain. `next`: where to go on; undefined
   * at the end.
   */
  strays(source: AuditSource, after: number, limit: number): Promise<{ strays: Stray[]; next: number | undefined }>;
}

function toAct(row: ActRow): Act {
  const { id, actor, action, subject, data, createdAt } = row;
  return { v: 1, id, time: createdAt.toISOString(), actor, action, subject, data };
}

function toEntry(row: EntryRow): AuditEntry {
  const { eventData, eventAt, actData, actAt } = row;
  const link = { seq: row.place, hash: row.hash.toString('hex'), digest: row.digest.toString('hex') };
  if (eventAt) return { ...link, event: toEvent({ ...row, data: eventData, createdAt: eventAt }) };
  if (actAt) return { ...link, act: toAct({ ...row, data: actData, createdAt: actAt }) };
  return link;
}

export function createAudit(sql: Sql, guard: Guard): Audit {
  const seal: Audit['seal'] = async (source, records) => {
    if (records.length === 0) return new Map();
    const ids = records.map(({ rowId }) => rowId);
    const digests = records.map(({ record }) => auditDigest(record));
    const rows = await guard(
      'seal',
      sql<{ recordId: number; seq: number; hash: Buffer }[]>`
      SELECT record_id, seq, hash FROM audit_seal(${source}, ${ids}::bigint[], ${digests}::text[])`,
    );
    return new Map(rows.map((row) => [row.recordId, { seq: row.seq, hash: row.hash.toString('hex') }]));
  };
  return {
    append: (act) => guard('audit', appendAudit(sql, act)),
    seal,
    async sealPending(limit) {
      const [acts, events] = await guard(
        'unsealed',
        Promise.all([
          sql<ActRow[]>`
          SELECT id, actor, action, subject, data, created_at FROM acts WHERE audit_seq IS NULL ORDER BY id LIMIT ${limit}`,
          sql<(EventRow & { id: number })[]>`
          SELECT id, session_id, seq, turn_id, type, data, created_at FROM events
          WHERE audit_seq IS NULL ORDER BY id LIMIT ${limit}`,
        ]),
      );
      const sealedActs = await seal(
        'act',
        acts.map((row) => ({ rowId: row.id, record: toAct(row) })),
      );
      const sealedEvents = await seal(
        'event',
        events.map((row) => ({ rowId: row.id, record: toEvent(row) })),
      );
      return sealedActs.size + sealedEvents.size;
    },
    async head() {
      const [row] = await guard(
        'head',
        sql<{ seq: number; hash: Buffer }[]>`SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1`,
      );
      return row && { seq: row.seq, hash: row.hash.toString('hex') };
    },
    async after(seq, limit) {
      const rows = await guard(
        'audit',
        sql<EntryRow[]>`
        SELECT a.seq AS place, a.digest, a.hash,
          e.session_id, e.seq, e.turn_id, e.type, e.data AS event_data, e.created_at AS event_at,
          c.id, c.actor, c.action, c.subject, c.data AS act_data, c.created_at AS act_at
        FROM audit a
          LEFT JOIN events e ON a.source = 'event' AND e.id = a.record_id
          LEFT JOIN acts c ON a.source = 'act' AND c.id = a.record_id
        WHERE a.seq > ${seq} ORDER BY a.seq LIMIT ${limit}`,
      );
      return rows.map(toEntry);
    },
    async strays(source, after, limit) {
      const records = source === 'event' ? sql`events` : sql`acts`;
      const id = source === 'event' ? sql`r.session_id || '-' || r.seq` : sql`r.id::text`;
      const [page] = await guard(
        'strays',
        sql<{ last: number | null; looked: number; strays: { id: string; claims: number | null }[] }[]>`
        SELECT max(r.id) AS last, count(*)::int AS looked,
          coalesce(json_agg(json_build_object('id', ${id}, 'claims', r.audit_seq) ORDER BY r.id)
            FILTER (WHERE a.seq IS NULL), '[]') AS strays
        FROM (SELECT * FROM ${records} WHERE id > ${after} ORDER BY id LIMIT ${limit}) r
          LEFT JOIN audit a ON a.seq = r.audit_seq AND a.source = ${source} AND a.record_id = r.id`,
      );
      const strays = (page?.strays ?? []).map(({ id: record, claims }) => ({
        source,
        id: record,
        ...(claims === null ? {} : { claims }),
      }));
      return { strays, next: page !== undefined && page.looked === limit ? (page.last ?? undefined) : undefined };
    },
  };
}
