// Messages that come in over a channel, of one principal: each comes to something once, in the transaction that says so.
import type { Event } from '@switchboard/contract';
import { explain, insertTurn, type NewTurn } from './accept.ts';
import { queueNotice, type ThreadPlace, threadKey } from './delivery-rows.ts';
import { json } from './emit.ts';
import type { WithKey } from './own.ts';
import { type AnswerEffect, settleOwn } from './questions.ts';
import { type EventRow, type NewEvent, toEvent } from './rows.ts';
import type { Run } from './run.ts';
import type { Sql } from './sql.ts';

/** A message from a linked address. */
export interface InboundMessage {
  /** SHA-256 of agent, channel, address and the message's own id: the same for every copy of it. */
  readonly id: string;
  readonly place: ThreadPlace;
  readonly identityId: string;
  readonly receivedAt: Date;
}

/** What came of a message. refused: nothing. limited: nothing, because too many came. */
export interface InboundOutcome {
  readonly outcome: 'accepted' | 'answered' | 'refused' | 'limited';
  readonly turnId: string | null;
}

export interface InboundStanding {
  /** It was brought before. */
  readonly known?: InboundOutcome;
  /** What it may answer: the newest question that was sent into its thread before it came. */
  readonly question?: { readonly id: string; readonly turnId: string };
  /** Messages from its address within the last minute, and those of them that were one too many. */
  readonly recent: { readonly all: number; readonly limited: number };
}

/** The session of a conversation that has none yet. */
export interface NewThread {
  readonly sessionId: string;
  readonly title?: string | undefined;
  readonly event: NewEvent;
}

/**
 * moved: what it was about is not as it was looked up; look again. mismatch: the message was another principal's when it
 * was brought before, or something else was said under its key.
 */
export type Taken =
  | {
      readonly outcome: 'taken';
      readonly turnId: string;
      readonly sessionId: string;
      readonly events: readonly Event[];
    }
  | { readonly outcome: 'known'; readonly known: InboundOutcome }
  | { readonly outcome: 'moved' | 'queue-full' | 'mismatch' };

export interface OwnInbound {
  look(message: InboundMessage): Promise<InboundStanding>;
  /** Makes it a turn in the session of its thread, which is made unless it is there. */
  accept(message: InboundMessage, turn: Omit<NewTurn, 'sessionId'>, thread: NewThread): Promise<Taken>;
  /** Makes it the answer to a question, and then, if given, a turn in the same session. */
  answer(message: InboundMessage, effect: AnswerEffect, then?: NewTurn): Promise<Taken>;
  /** Nothing comes of it. `notice` goes back to its thread. Doing it again changes nothing. */
  refuse(message: InboundMessage, outcome: 'refused' | 'limited', notice: string | undefined): Promise<void>;
}

async function findKnown(sql: Sql, principalId: string, { id }: InboundMessage): Promise<InboundOutcome | undefined> {
  const [row] = await sql<InboundOutcome[]>`
    SELECT outcome, turn_id FROM inbound WHERE id = ${id} AND principal_id = ${principalId}`;
  return row;
}

/** Of its thread: one that goes on. */
async function findSession(sql: Sql, principalId: string, { place }: InboundMessage): Promise<string | undefined> {
  const [row] = await sql<{ sessionId: string }[]>`
    SELECT t.session_id FROM threads t JOIN sessions s ON s.id = t.session_id
    WHERE t.principal_id = ${principalId} AND t.key = ${threadKey(place)} AND s.ended_at IS NULL
    ORDER BY t.n DESC LIMIT 1`;
  return row?.sessionId;
}

async function findQuestion(sql: Sql, sessionId: string, { receivedAt }: InboundMessage) {
  const [row] = await sql<{ id: string; turnId: string }[]>`
    SELECT q.id, q.turn_id FROM turns t JOIN questions q ON q.turn_id = t.id
    WHERE t.session_id = ${sessionId} AND q.answered_at IS NULL AND q.expires_at > now()
      AND (t.state = 'input-required' OR q.kind = 'outcome')
      -- Nobody answers what they have not seen. Channels tell the time in whole seconds.
      AND EXISTS (SELECT FROM deliveries d WHERE d.question_id = q.id AND d.state IN ('sending', 'sent', 'unknown')
        AND date_trunc('second', d.attempted_at) <= ${receivedAt})
    ORDER BY q.asked_at DESC LIMIT 1`;
  return row;
}

const uniqueViolation = '23505';

async function unlessTaken<T, U>(work: Promise<T>, otherwise: U): Promise<T | U> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === uniqueViolation)) throw error;
    return otherwise;
  }
}

export function createOwnInbound(run: Run, principalId: string, key: WithKey | undefined): OwnInbound {
  /** One message of a thread at a time, so that its session is made once; what was known before stays as it is. */
  async function once(sql: Sql, message: InboundMessage): Promise<Taken | undefined> {
    await sql`SELECT pg_advisory_xact_lock(hashtextextended(${threadKey(message.place)}, 8420004))`;
    const known = await findKnown(sql, principalId, message);
    return known && { outcome: 'known', known };
  }

  async function remember(sql: Sql, message: InboundMessage, { outcome, turnId }: InboundOutcome): Promise<void> {
    await sql`
      INSERT INTO inbound (id, principal_id, identity_id, outcome, turn_id)
      VALUES (${message.id}, ${principalId}, ${message.identityId}, ${outcome}, ${turnId})`;
  }

  async function makeThread(sql: Sql, { place }: InboundMessage, thread: NewThread): Promise<EventRow[]> {
    const { agent, channel, address, subject } = place;
    await sql`
      INSERT INTO sessions (id, principal_id, title, next_event, key_id)
      VALUES (${thread.sessionId}, ${principalId}, ${thread.title ?? null}, 2, ${key?.keyId ?? null})`;
    await sql`
      INSERT INTO threads (session_id, principal_id, key, agent, channel, address, thread, subject)
      VALUES (${thread.sessionId}, ${principalId}, ${threadKey(place)}, ${agent}, ${channel}, ${address},
        ${place.thread}, ${subject ?? null})`;
    return sql<EventRow[]>`
      INSERT INTO events (session_id, seq, type, data)
      VALUES (${thread.sessionId}, 1, ${thread.event.type}, ${json(sql, thread.event.data)})
      RETURNING session_id, seq, turn_id, type, data, created_at`;
  }

  const write = <T>(work: (sql: Sql) => Promise<T>) =>
    unlessTaken(run('inbound', work), { outcome: 'mismatch' } as const);

  return {
    look: (message) =>
      run('inbound', async (sql) => {
        const known = await findKnown(sql, principalId, message);
        const sessionId = known ? undefined : await findSession(sql, principalId, message);
        const question = sessionId === undefined ? undefined : await findQuestion(sql, sessionId, message);
        const [recent] = await sql<{ all: number; limited: number }[]>`
          SELECT count(*)::int AS all, (count(*) FILTER (WHERE outcome = 'limited'))::int AS limited
          FROM inbound WHERE identity_id = ${message.identityId} AND principal_id = ${principalId}
            AND created_at > now() - interval '1 minute'`;
        return { ...(known && { known }), ...(question && { question }), recent: recent ?? { all: 0, limited: 0 } };
      }),

    accept: (message, turn, thread) =>
      write(async (sql): Promise<Taken> => {
        const known = await once(sql, message);
        if (known) return known;
        const found = await findSession(sql, principalId, message);
        const made = found === undefined ? await makeThread(sql, message, thread) : [];
        const placed = { ...turn, sessionId: found ?? thread.sessionId };
        const rows = await insertTurn(sql, principalId, placed, key);
        if (rows.length === 0) return { outcome: whyNot(await explain(sql, principalId, placed)) };
        await remember(sql, message, { outcome: 'accepted', turnId: turn.id });
        return {
          outcome: 'taken',
          turnId: turn.id,
          sessionId: placed.sessionId,
          events: [...made, ...rows].map(toEvent),
        };
      }),

    answer: (message, effect, then) =>
      write(async (sql): Promise<Taken> => {
        const known = await once(sql, message);
        if (known) return known;
        const rows = await settleOwn(sql, principalId, effect);
        const [answered] = rows;
        if (answered === undefined) return { outcome: 'moved' };
        const more = then === undefined ? [] : await insertTurn(sql, principalId, then, key);
        await remember(sql, message, { outcome: 'answered', turnId: effect.turnId });
        const { turnId, sessionId } = { turnId: effect.turnId, sessionId: answered.sessionId };
        return { outcome: 'taken', turnId, sessionId, events: [...rows, ...more].map(toEvent) };
      }),

    async refuse(message, outcome, notice) {
      await write(async (sql) => {
        if (await once(sql, message)) return;
        await remember(sql, message, { outcome, turnId: null });
        if (notice !== undefined) await queueNotice(sql, principalId, message.place, notice);
      });
    },
  };
}

function whyNot({ outcome }: Awaited<ReturnType<typeof explain>>): 'moved' | 'queue-full' | 'mismatch' {
  if (outcome === 'queue-full') return 'queue-full';
  return outcome === 'session-ended' || outcome === 'no-session' ? 'moved' : 'mismatch';
}
