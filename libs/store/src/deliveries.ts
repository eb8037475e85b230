// Deliveries: what a person is to read over a channel, sent in order within a thread, and never again when nobody can tell.
import type { Artifact, DeliveryState, ErrorInfo, Event, Invoke, Repeat } from '@switchboard/contract';
import type { Fence } from './claims.ts';
import type { ThreadPlace } from './delivery-rows.ts';
import { emit, json } from './emit.ts';
import { stillLinked } from './prove-address.ts';
import { type NewEvent, type QuestionRow, toEvent } from './rows.ts';
import type { Run } from './run.ts';
import type { Sql } from './sql.ts';

/** An attempt, as the agent is asked; and what may be done when its answer stays out. */
export interface DeliveryAttempt {
  readonly invoke: Invoke;
  readonly repeat: Repeat;
}

export interface DeliveryRow {
  readonly id: string;
  readonly principalId: string;
  readonly principal: string;
  readonly sessionId: string | null;
  readonly turnId: string | null;
  readonly agent: string;
  readonly channel: string;
  readonly address: string;
  readonly state: DeliveryState;
  readonly attempt: number;
  readonly error: ErrorInfo | null;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
}

export interface ClaimedDelivery extends Omit<DeliveryRow, 'principalId' | 'principal' | 'finishedAt'>, Fence {
  readonly place: ThreadPlace;
  /** A text; or how its turn stands, and with what. */
  readonly body: { readonly text?: string; readonly state?: string; readonly error?: ErrorInfo };
  readonly question: Pick<QuestionRow, 'kind' | 'body'> | null;
  /** What the last step of its turn made, in that order. */
  readonly artifacts: readonly Artifact[];
  /** Where it was being sent. Its shape is the gateway's: what is read back has to be parsed. */
  readonly invocation: unknown;
  /** Whether the address is still its principal's. */
  readonly linked: boolean;
}

export interface DeliveryFilter {
  readonly state?: DeliveryState | undefined;
  readonly before?: string | undefined;
  /** Only of this principal. */
  readonly principalId?: string | undefined;
}

export interface Deliveries {
  /** At most `limit` that are next in their thread, or whose claim has run out. */
  claim(owner: string, leaseMs: number, limit: number): Promise<ClaimedDelivery[]>;
  /** Ids of those that are still held. */
  renew(owner: string, held: readonly Fence[], leaseMs: number): Promise<string[]>;
  /** From here on it may have been sent. False when the claim has been lost. */
  attempt(fence: Fence, attempt: DeliveryAttempt): Promise<boolean>;
  /** Gives the claim back, for later. queued: nothing of it has been sent. `why` is kept. False when it had been lost. */
  postpone(fence: Fence, state: 'queued' | 'sending', notBeforeMs: number, why?: ErrorInfo): Promise<boolean>;
  /** Its end, with the event that tells of it; of one without a session, in the audit. Undefined when the claim was lost. */
  end(
    fence: Fence,
    state: 'sent' | 'unknown' | 'failed',
    error: ErrorInfo | undefined,
    event: NewEvent,
  ): Promise<Event[] | undefined>;
  /** Gives all claims of this owner back. */
  release(owner: string): Promise<void>;
  /** Newest first. */
  list(limit: number, filter: DeliveryFilter): Promise<DeliveryRow[]>;
}

function claim(sql: Sql, owner: string, leaseMs: number, limit: number) {
  return sql<ClaimedDelivery[]>`
    UPDATE deliveries d
    SET lease_owner = ${owner}, lease_until = now() + ${leaseMs} * interval '1 millisecond', epoch = d.epoch + 1
    WHERE d.id IN (
      SELECT c.id FROM deliveries c
      WHERE c.state IN ('queued', 'sending') AND c.not_before <= now()
        AND (c.lease_until IS NULL OR c.lease_until < now())
        AND NOT EXISTS (SELECT FROM deliveries p
          WHERE p.thread_key = c.thread_key AND p.n < c.n AND p.state IN ('queued', 'sending'))
      ORDER BY c.n FOR UPDATE SKIP LOCKED LIMIT ${limit})
    RETURNING d.id, d.epoch, d.session_id, d.turn_id, d.agent, d.channel, d.address, d.state, d.attempt, d.error,
      d.created_at, d.body, d.invocation, ${stillLinked(sql)} AS linked,
      jsonb_strip_nulls(jsonb_build_object('agent', d.agent, 'channel', d.channel, 'address', d.address,
        'thread', d.thread, 'subject', d.subject)) AS place,
      (SELECT jsonb_build_object('kind', q.kind, 'body', q.body) FROM questions q WHERE q.id = d.question_id) AS question,
      coalesce((
        SELECT jsonb_agg(jsonb_build_object('id', a.id, 'name', a.name, 'mediaType', a.media_type, 'bytes', a.bytes,
          'sha256', a.sha256) ORDER BY a.created_at, a.id)
        FROM artifacts a WHERE d.body->>'state' = 'completed' AND a.invocation_id = (
          SELECT i.id FROM invocations i WHERE i.turn_id = d.turn_id AND i.state = 'succeeded'
          ORDER BY i.step DESC, i.attempt DESC LIMIT 1)), '[]') AS artifacts`;
}

/** In a statement of its own where there is no session whose record could tell of it. */
function endIn(sql: Sql, fence: Fence, state: DeliveryState, error: ErrorInfo | undefined, event: NewEvent) {
  const ended = sql`
    ended AS (
      UPDATE deliveries d SET state = ${state}, error = ${error ? json(sql, error) : null}, lease_owner = NULL,
        lease_until = NULL, finished_at = now()
      WHERE d.id = ${fence.id} AND d.epoch = ${fence.epoch} AND d.state IN ('queued', 'sending')
      RETURNING d.turn_id AS id, d.session_id
    ), told AS (
      INSERT INTO acts (actor, action, subject, data)
      SELECT 'gateway', ${event.type}, ${fence.id}, ${json(sql, event.data)} FROM ended WHERE ended.session_id IS NULL
    )`;
  return emit(sql, ended, 'ended', [event]);
}

export function createDeliveries(run: Run): Deliveries {
  const changed = async (what: string, work: (sql: Sql) => PromiseLike<readonly unknown[]>): Promise<boolean> =>
    (await run(what, work)).length > 0;
  return {
    claim: (owner, leaseMs, limit) => run('claim', (sql) => claim(sql, owner, leaseMs, limit)),
    async renew(owner, held, leaseMs) {
      const rows = await run(
        'renew',
        (sql) => sql<{ id: string }[]>`
        UPDATE deliveries d SET lease_until = now() + ${leaseMs} * interval '1 millisecond'
        FROM unnest(${held.map(({ id }) => id)}::uuid[], ${held.map(({ epoch }) => epoch)}::int[]) AS h(id, epoch)
        WHERE d.id = h.id AND d.epoch = h.epoch AND d.lease_owner = ${owner} RETURNING d.id`,
      );
      return rows.map(({ id }) => id);
    },
    attempt: (fence, attempt) =>
      changed(
        'attempt',
        (sql) => sql`
        UPDATE deliveries SET state = 'sending', attempt = attempt + 1, attempted_at = now(),
          invocation = ${json(sql, attempt)}
        WHERE id = ${fence.id} AND epoch = ${fence.epoch} AND state = 'queued' RETURNING id`,
      ),
    postpone: (fence, state, notBeforeMs, why) =>
      changed(
        'postpone',
        (sql) => sql`
        UPDATE deliveries SET state = ${state}, lease_owner = NULL, lease_until = NULL,
          not_before = now() + ${notBeforeMs} * interval '1 millisecond',
          error = coalesce(${why ? json(sql, why) : null}::jsonb, error)
        WHERE id = ${fence.id} AND epoch = ${fence.epoch} AND state IN ('queued', 'sending') RETURNING id`,
      ),
    end: async (fence, state, error, event) => {
      const rows = await run('deliver', (sql) => endIn(sql, fence, state, error, event));
      if (rows.length > 0) return rows.map(toEvent);
      return (await changed(
        'delivery',
        (sql) => sql`
        SELECT FROM deliveries WHERE id = ${fence.id} AND epoch = ${fence.epoch} AND state = ${state}`,
      ))
        ? []
        : undefined;
    },
    async release(owner) {
      await run(
        'release',
        (sql) => sql`UPDATE deliveries SET lease_until = now()
          WHERE state IN ('queued', 'sending') AND lease_owner = ${owner}`,
      );
    },
    list: (limit, { state, before, principalId }) =>
      run(
        'deliveries',
        (sql) => sql<DeliveryRow[]>`
        SELECT d.id, d.principal_id, p.name AS principal, d.session_id, d.turn_id, d.agent, d.channel, d.address, d.state,
          d.attempt, d.error, d.created_at, d.finished_at
        FROM deliveries d JOIN principals p ON p.id = d.principal_id
        WHERE true ${principalId === undefined ? sql`` : sql`AND d.principal_id = ${principalId}`}
          ${state === undefined ? sql`` : sql`AND d.state = ${state}`}
          ${before === undefined ? sql`` : sql`AND d.id < ${before}`}
        ORDER BY d.id DESC LIMIT ${limit}`,
      ),
  };
}
