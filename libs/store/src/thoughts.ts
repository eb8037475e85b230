// What a turn's lead agent thought, and what it has to know of its session: the newest messages, and what came before.
import type { ModelUsage, NextReply, Trust } from '@switchboard/contract';
import { json } from './emit.ts';
import type { Run } from './run.ts';
import type { Sql } from './sql.ts';

export interface ThoughtRow {
  readonly number: number;
  readonly purpose: 'decide' | 'judge' | 'summarize';
  readonly agent: string;
  readonly answer: NextReply;
  /** The step that it became; null: none, and `why` says what stood in the way of a call. */
  readonly step: number | null;
  readonly why: string | null;
  readonly usage: ModelUsage;
}

export interface NewSummary {
  /** The sequence of the last turn that is in it. */
  readonly through: number;
  readonly text: string;
  readonly trust: Trust;
}

/** A turn that has ended, as it was said. */
export interface SaidTurn {
  readonly seq: number;
  readonly input: string;
  /** Null where it was canceled, or failed without a word. */
  readonly output: string | null;
  readonly tainted: boolean;
}

export interface SessionPast {
  readonly summary: NewSummary | undefined;
  /** What came after the summary and before the turn, newest first. */
  readonly turns: readonly SaidTurn[];
  /** There are older ones that are neither here nor in the summary. */
  readonly more: boolean;
}

export interface Thoughts {
  /** Of a turn, in order. */
  of(turnId: string): Promise<ThoughtRow[]>;
  /** What was said in a session before the turn of this sequence: at most `limit` turns beside the summary. */
  past(sessionId: string, beforeSeq: number, limit: number): Promise<SessionPast>;
}

/** CTEs of a transition that writes thoughts, and the summary that one of them is. */
export function thinking(sql: Sql, thoughts: readonly ThoughtRow[], summary: NewSummary | undefined) {
  return sql`, thinking AS (
    INSERT INTO thoughts (turn_id, number, purpose, agent, answer, step, why, usage)
    SELECT fence.id, t.number, t.purpose, t.agent, t.answer, t.step, t.why, t.usage
    FROM fence, jsonb_to_recordset(${json(sql, thoughts)})
      AS t(number int, purpose text, agent text, answer jsonb, step int, why text, usage jsonb))
  ${
    summary === undefined
      ? sql``
      : sql`, summed AS (
    INSERT INTO summaries (session_id, through, text, trust)
    SELECT fence.session_id, ${summary.through}, ${summary.text}, ${summary.trust} FROM fence
    ON CONFLICT (session_id) DO UPDATE SET through = excluded.through, text = excluded.text, trust = excluded.trust,
      updated_at = now())`
  }`;
}

export function createThoughts(run: Run): Thoughts {
  return {
    of: (turnId) =>
      run(
        'thoughts',
        (sql) => sql<ThoughtRow[]>`
        SELECT number, purpose, agent, answer, step, why, usage FROM thoughts WHERE turn_id = ${turnId} ORDER BY number`,
      ),
    past: (sessionId, beforeSeq, limit) =>
      run('past', async (sql) => {
        const [summaries, turns] = await Promise.all([
          sql<NewSummary[]>`SELECT through, text, trust FROM summaries WHERE session_id = ${sessionId}`,
          sql<SaidTurn[]>`
            SELECT t.seq, t.request->>'input' AS input, coalesce(t.output->>'text', t.error->>'message') AS output, t.tainted
            FROM turns t
            WHERE t.session_id = ${sessionId} AND t.seq < ${beforeSeq} AND t.finished_at IS NOT NULL
              AND t.seq > coalesce((SELECT s.through FROM summaries s WHERE s.session_id = ${sessionId}), 0)
            ORDER BY t.seq DESC LIMIT ${limit + 1}`,
        ]);
        return { summary: summaries[0], turns: turns.slice(0, limit), more: turns.length > limit };
      }),
  };
}
