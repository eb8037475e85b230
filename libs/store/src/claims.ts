// R2: who works on a turn. Claiming is also recovery; the epoch is the fence behind every later write.
import type { TurnRow } from './rows.ts';
import type { Run } from './run.ts';
import type { Sql } from './sql.ts';

/** Under which claim a write is made. */
export interface Fence {
  readonly id: string;
  readonly epoch: number;
}

/** A claim that is held. */
export interface HeldClaim extends Fence {
  /** Its coordinator has lived with it for a while: it is not what ends coordinators, so it is not set aside for it. */
  readonly steady: boolean;
}

export interface ClaimedTurn extends TurnRow {
  /** The only skills that the key it was said with lets run; null: every skill. */
  readonly allowedSkills: readonly string[] | null;
  /** Of the turn or of its session. */
  readonly tainted: boolean;
  /** The name of its principal. */
  readonly principal: string;
  /** Whether another turn waits behind it in its session. */
  readonly more: boolean;
  /** The newest succeeded invocations of the session, newest first, when the turn has no plan yet. */
  readonly recent: readonly { readonly skill: string; readonly input: Record<string, unknown> }[];
}

export interface Claims {
  /** At most `limit` turns that are next in their session, or whose claim has run out. */
  claim(owner: string, leaseMs: number, limit: number): Promise<ClaimedTurn[]>;
  /** Lengthens claims, and forgets the earlier ones of what is steady. A fence that is not in the answer has been lost. */
  renew(owner: string, held: readonly HeldClaim[], leaseMs: number): Promise<(Fence & { cancelRequested: boolean })[]>;
  /**
   * Gives one claim back, to be claimed again after `notBeforeMs`. False when it had been lost. `blameless`: it only
   * waits for something, so the claim does not count towards setting it aside.
   */
  defer(fence: Fence, notBeforeMs: number, blameless: boolean): Promise<boolean>;
  /** Gives all claims of this owner back at once. */
  release(owner: string): Promise<void>;
  countOpen(): Promise<number>;
}

export function createClaims(run: Run): Claims {
  const claim = (sql: Sql, owner: string, leaseMs: number, limit: number) => sql<ClaimedTurn[]>`
    UPDATE turns t
    SET state = 'working', lease_owner = ${owner}, lease_until = now() + ${leaseMs} * interval '1 millisecond',
      epoch = t.epoch + 1, attempts = t.attempts + 1
    WHERE t.id IN (
      SELECT c.id FROM turns c
      WHERE (c.state = 'submitted' AND c.not_before <= now()
          AND NOT EXISTS (SELECT 1 FROM turns p WHERE p.session_id = c.session_id AND p.id <> c.id
            AND p.state IN ('submitted', 'working') AND (p.seq < c.seq OR p.state = 'working')))
        -- What was lost again and again is tried later each time: perhaps it is not the turn that is ill.
        OR (c.state = 'working' AND c.lease_until < now() - greatest(c.attempts - 3, 0) * interval '1 second')
      ORDER BY c.created_at FOR UPDATE SKIP LOCKED LIMIT ${limit})
    RETURNING t.id, t.session_id, t.seq, t.principal_id, t.request, t.address, t.state, t.epoch, t.attempts,
      t.cancel_requested, t.deadline, t.decision, t.plan, t.output, t.error, t.traceparent, t.created_at, t.finished_at,
      -- What waits when its key is revoked, its address unlinked, or its principal let out, may do nothing any more.
      CASE WHEN EXISTS (SELECT FROM api_keys k JOIN principals p ON p.id = k.principal_id
        WHERE k.id = t.key_id AND (k.revoked_at IS NOT NULL OR p.disabled_at IS NOT NULL))
        OR EXISTS (SELECT FROM identities i WHERE i.id = t.identity_id AND i.unlinked_at IS NOT NULL)
        THEN '{}' ELSE t.allowed_skills END AS allowed_skills,
      CASE WHEN t.plan IS NULL THEN coalesce((
        SELECT jsonb_agg(jsonb_build_object('skill', r.skill, 'input', r.input)) FROM (
          SELECT i.skill, i.input FROM invocations i
          WHERE i.session_id = t.session_id AND i.state = 'succeeded' ORDER BY i.started_at DESC LIMIT 5) r
        ), '[]') ELSE '[]' END AS recent,
      t.tainted OR (SELECT s.tainted FROM sessions s WHERE s.id = t.session_id) AS tainted,
      (SELECT p.name FROM principals p WHERE p.id = t.principal_id) AS principal,
      EXISTS (SELECT 1 FROM turns n WHERE n.session_id = t.session_id AND n.seq > t.seq AND n.state = 'submitted') AS more`;

  const renew = (sql: Sql, owner: string, held: readonly HeldClaim[], leaseMs: number) => sql<
    (Fence & { cancelRequested: boolean })[]
  >`
    UPDATE turns t SET lease_until = now() + ${leaseMs} * interval '1 millisecond',
      attempts = CASE WHEN t.id = ANY(${held.filter((claim) => claim.steady).map((claim) => claim.id)}::uuid[]) THEN 0 ELSE t.attempts END
    FROM unnest(${held.map((fence) => fence.id)}::uuid[], ${held.map((fence) => fence.epoch)}::int[]) AS h(id, epoch)
    WHERE t.id = h.id AND t.epoch = h.epoch AND t.state = 'working' AND t.lease_owner = ${owner}
    RETURNING t.id, t.epoch, t.cancel_requested`;

  return {
    claim: (owner, leaseMs, limit) => run('claim', (sql) => claim(sql, owner, leaseMs, limit)),
    renew: (owner, held, leaseMs) => run('renew', (sql) => renew(sql, owner, held, leaseMs)),
    async defer(fence, notBeforeMs, blameless) {
      const rows = await run(
        'defer',
        (sql) => sql`UPDATE turns SET state = 'submitted', lease_owner = NULL, lease_until = NULL,
            attempts = CASE WHEN ${blameless} THEN 0 ELSE attempts END,
            not_before = now() + ${notBeforeMs} * interval '1 millisecond'
          WHERE id = ${fence.id} AND epoch = ${fence.epoch} AND state = 'working' RETURNING id`,
      );
      return rows.length > 0;
    },
    async release(owner) {
      await run(
        'release',
        (sql) => sql`UPDATE turns SET lease_until = now() WHERE state = 'working' AND lease_owner = ${owner}`,
      );
    },
    async countOpen() {
      const [row] = await run(
        'count',
        (sql) => sql<{ open: number }[]>`SELECT count(*)::int AS open FROM turns
        WHERE state IN ('submitted', 'working', 'input-required', 'auth-required')`,
      );
      return row?.open ?? 0;
    },
  };
}
