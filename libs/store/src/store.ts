// The store: everything that the gateway keeps, behind one pool.

import { type Accepted, acceptTurn, type NewTurn } from './accept.ts';
import { type Agents, createAgents } from './agents.ts';
import { type Artifacts, createArtifacts } from './artifacts.ts';
import { type Audit, createAudit } from './audit.ts';
import { type Claims, createClaims } from './claims.ts';
import { createDeadLetters, type DeadLetters } from './dead-letters.ts';
import { createEvents, createRelay, type Events, type Relay } from './events.ts';
import { createKeys, type Keys } from './keys.ts';
import { createQuestions, type Questions } from './questions.ts';
import { createSessions, type Sessions } from './sessions.ts';
import { createGuard, openSql, type StoreOptions } from './sql.ts';
import { createTransit, type Transit } from './transition.ts';
import { createTurns, type Turns } from './turns.ts';

export interface Store {
  readonly keys: Keys;
  readonly audit: Audit;
  readonly sessions: Sessions;
  readonly turns: Turns;
  readonly deadLetters: DeadLetters;
  readonly claims: Claims;
  readonly questions: Questions;
  readonly events: Events;
  readonly relay: Relay;
  readonly artifacts: Artifacts;
  readonly agents: Agents;
  readonly accept: (turn: NewTurn) => Promise<Accepted>;
  readonly transit: Transit;
  /** Throws when the database does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** Connects at the first call, not here. */
export function openStore(options: StoreOptions): Store {
  const sql = openSql(options);
  // What has been published is known from the stream itself: forgetting it costs a second publication, which is dropped.
  const bookkeeping = openSql({ ...options, connectionsMax: 2, durable: false });
  const guard = createGuard(options);
  return {
    keys: createKeys(sql, guard),
    audit: createAudit(sql, guard),
    sessions: createSessions(sql, guard),
    turns: createTurns(sql, guard),
    deadLetters: createDeadLetters(sql, guard),
    claims: createClaims(sql, guard),
    questions: createQuestions(sql, guard),
    events: createEvents(sql, bookkeeping, guard),
    relay: createRelay(bookkeeping, guard),
    artifacts: createArtifacts(sql, guard),
    agents: createAgents(sql, guard),
    accept: (turn) => acceptTurn(sql, guard, turn),
    transit: createTransit(sql, guard),
    async ping() {
      await sql`SELECT 1`;
    },
    async close() {
      await Promise.all([sql.end({ timeout: 5 }), bookkeeping.end({ timeout: 5 })]);
    },
  };
}
