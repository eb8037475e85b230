// What is remembered for a person: facts, reached by the invocation that is under way or by whose they are.
import type { Effect, Fact, Provenance, Trust } from '@switchboard/contract';
import { storable } from './emit.ts';
import type { Run } from './run.ts';
import type { Sql } from './sql.ts';

/** Who asks: an invocation that has begun and not ended, and what is known of its turn. */
export interface FactAsker {
  readonly invocationId: string;
  readonly principalId: string;
  readonly effects: readonly Effect[];
  readonly ingests: Trust;
  /** A model decides in its turn, or has chosen the steps. */
  readonly driven: boolean;
  /** A step of its turn has read what somebody else wrote. */
  readonly tainted: boolean;
  /** Or one of its session, since a person last vouched for it. */
  readonly sessionTainted: boolean;
}

export interface FoundFacts {
  readonly facts: Fact[];
  readonly more: boolean;
  /** Untrusted ones that fit as well, where only trusted ones were asked for. */
  readonly withheld: number;
}

export interface Facts {
  /** Undefined unless the invocation is that agent's and under way. */
  asker(agent: string, invocationId: string): Promise<FactAsker | undefined>;
  /** The same again is the same fact. In words: there are as many as there may be, or the invocation has ended. */
  remember(
    asker: Pick<FactAsker, 'invocationId'>,
    fact: Pick<Fact, 'text' | 'provenance' | 'pinned'>,
  ): Promise<Fact | 'full' | 'too-many-pinned' | 'over'>;
  /** The best first; without words the newest. */
  recall(
    principalId: string,
    asked: { readonly words: string | undefined; readonly untrusted: boolean; readonly limit: number },
  ): Promise<FoundFacts>;
  /**
   * Rows and traces; see the migration. False, and nothing is done, when one is not the fact that was shown. Throws
   * when the invocation is over or may not.
   */
  forget(
    asker: Pick<FactAsker, 'invocationId'>,
    facts: readonly { readonly id: string; readonly text: string }[],
  ): Promise<boolean>;
  /** Those that are always in view, the newest first: none of them is untrusted. */
  pinned(principalId: string, limit: number): Promise<Fact[]>;
}

interface FactRow {
  readonly id: string;
  readonly text: string;
  readonly provenance: Provenance;
  readonly pinned: boolean;
  readonly createdAt: Date;
}

const limitErrors: Readonly<Record<string, 'full' | 'too-many-pinned'>> = { SBFUL: 'full', SBPIN: 'too-many-pinned' };

const wordsMax = 32;
/** A shorter word is looked for as it is, not as the beginning of one. */
const prefixCharactersMin = 3;

/** As empty as “what” and “is”: words with which one asks for a fact, whatever it says. */
const askingWords = ['call', 'called', 'name', 'named', 'tell', 'know', 'remember'] as const;

const columns = (sql: Sql) => sql`f.id, f.text, f.provenance, f.pinned, f.created_at`;

function toFact({ id, text, provenance, pinned, createdAt }: FactRow): Fact {
  return { id, text, provenance, pinned, createdAt: createdAt.toISOString() };
}

/** Letters and digits only: nothing in them means anything to a search. */
function wordsOf(text: string): string[] {
  const words = storable(text)
    .toLowerCase()
    .match(/[\p{L}\p{N}\p{M}]+/gu);
  return [...new Set(words ?? [])].slice(0, wordsMax);
}

/**
 * Facts in which all of the words stand are those that are meant. When there are none, those in which at least half as
 * many stand as in the best; when there are none either, those that hold one of them somewhere. Words without a meaning
 * of their own (“is”, “my”) only count where there is nothing else.
 */
function search(sql: Sql, principalId: string, words: readonly string[]) {
  return sql<FactRow[]>`
    WITH said AS (
      SELECT word, numnode(to_tsquery('english', word)) = 0 OR word = ANY(${sql.array([...askingWords])}::text[]) AS empty,
        to_tsquery('simple', word || ending) || to_tsquery('english', word || ending) AS query
      FROM (SELECT word, CASE WHEN char_length(word) < ${prefixCharactersMin} THEN '' ELSE ':*' END AS ending
        FROM unnest(${sql.array([...words])}::text[]) AS word) AS w
    ), asked AS (
      SELECT word, query FROM said WHERE NOT empty OR NOT EXISTS (SELECT FROM said WHERE NOT empty)
    ), matches AS (
      -- A word that stands in few facts tells more than one that stands in many.
      SELECT f.id, ts_rank(f.document, a.query) / count(*) OVER (PARTITION BY a.word) AS rank
      FROM facts f JOIN asked a ON f.document @@ a.query WHERE f.principal_id = ${principalId}
    ), found AS (
      SELECT id, count(*) AS hits, sum(rank) AS rank FROM matches GROUP BY id
    ), best AS (
      SELECT id, hits, rank FROM found
      WHERE hits >= (SELECT CASE WHEN max(hits) = (SELECT count(*) FROM asked) THEN max(hits) ELSE max(hits) / 2.0 END
        FROM found)
      UNION ALL
      SELECT f.id, 0, 0 FROM facts f
      WHERE f.principal_id = ${principalId} AND NOT EXISTS (SELECT FROM found)
        AND EXISTS (SELECT FROM asked a WHERE char_length(a.word) >= ${prefixCharactersMin}
          AND strpos(lower(f.text), a.word) > 0)
    )
    SELECT ${columns(sql)} FROM best b JOIN facts f ON f.id = b.id
    ORDER BY b.hits DESC, b.rank DESC, f.created_at DESC, f.id DESC`;
}

function newest(sql: Sql, principalId: string) {
  return sql<FactRow[]>`
    SELECT ${columns(sql)} FROM facts f WHERE f.principal_id = ${principalId} ORDER BY f.created_at DESC, f.id DESC`;
}

/** As one that is there already: from this invocation, or word for word from the same source. */
function same(
  sql: Sql,
  invocationId: string,
  { text, provenance, pinned }: Pick<Fact, 'text' | 'provenance' | 'pinned'>,
) {
  return sql<FactRow[]>`
    SELECT ${columns(sql)} FROM invocations i JOIN turns t ON t.id = i.turn_id JOIN facts f ON f.principal_id = t.principal_id
    WHERE i.id = ${invocationId} AND i.state = 'started' AND (f.invocation_id = i.id
      OR (f.text = ${text} AND f.provenance = ${provenance} AND f.pinned >= ${pinned}))
    ORDER BY f.invocation_id = i.id DESC LIMIT 1`;
}

export function createFacts(run: Run): Facts {
  return {
    async asker(agent, invocationId) {
      const [row] = await run(
        'fact asker',
        (sql) => sql<FactAsker[]>`
        SELECT i.id AS invocation_id, t.principal_id, i.effects, i.ingests, t.tainted, s.tainted AS session_tainted,
          coalesce(t.decision->>'outcome' = 'drive' OR t.decision->>'stage' = 'model', false) AS driven
        FROM invocations i JOIN turns t ON t.id = i.turn_id JOIN sessions s ON s.id = t.session_id
        WHERE i.id = ${invocationId} AND i.agent = ${agent} AND i.state = 'started'`,
      );
      return row;
    },
    async remember({ invocationId }, fact) {
      const [there] = await run('same fact', (sql) => same(sql, invocationId, fact));
      if (there) return toFact(there);
      try {
        await run(
          'remember',
          (sql) => sql`
          INSERT INTO facts (id, principal_id, text, provenance, pinned, session_id, turn_id, invocation_id)
          SELECT new_id(), t.principal_id, ${fact.text}, ${fact.provenance}, ${fact.pinned}, t.session_id, t.id, i.id
          FROM invocations i JOIN turns t ON t.id = i.turn_id WHERE i.id = ${invocationId} AND i.state = 'started'
          ON CONFLICT (invocation_id) DO NOTHING`,
        );
      } catch (error) {
        const limit = error instanceof Error && 'code' in error ? limitErrors[String(error.code)] : undefined;
        if (limit === undefined) throw error;
        return limit;
      }
      const [made] = await run('remembered', (sql) => same(sql, invocationId, fact));
      return made ? toFact(made) : 'over';
    },
    async recall(principalId, { words, untrusted, limit }) {
      const said = wordsOf(words ?? '');
      const nothingSaid = words === undefined || words.trim() === '';
      const rows = nothingSaid
        ? await run('newest facts', (sql) => newest(sql, principalId))
        : await run('recall', (sql) => search(sql, principalId, said));
      const given = untrusted ? rows : rows.filter(({ provenance }) => provenance !== 'untrusted');
      const facts = given.slice(0, limit).map(toFact);
      return { facts, more: given.length > limit, withheld: rows.length - given.length };
    },
    async forget({ invocationId }, facts) {
      const ids = facts.map(({ id }) => id);
      const texts = facts.map(({ text }) => storable(text));
      const [row] = await run(
        'forget',
        (sql) => sql<{ done: boolean }[]>`
        SELECT forget_facts(${invocationId}, ${sql.array(ids)}::uuid[], ${sql.array(texts)}::text[]) AS done`,
      );
      return row?.done === true;
    },
    async pinned(principalId, limit) {
      const rows = await run(
        'pinned facts',
        (sql) => sql<FactRow[]>`
        SELECT ${columns(sql)} FROM facts f WHERE f.principal_id = ${principalId} AND f.pinned
        ORDER BY f.created_at DESC, f.id DESC LIMIT ${limit}`,
      );
      return rows.map(toFact);
    },
  };
}
