// All that may be read or changed for one principal: the only way there for the HTTP side, and it cannot name another.
import { type Accepted, acceptTurn, type NewTurn } from './accept.ts';
import { createOwnArtifacts, type OwnArtifacts } from './artifacts.ts';
import { createDeadLetters, type DeadLetters } from './dead-letters.ts';
import { createOwnEvents, type OwnEvents } from './events.ts';
import { createOwnInbound, type OwnInbound } from './inbound.ts';
import { createOwnQuestions, type OwnQuestions } from './questions.ts';
import type { Run } from './run.ts';
import { createSessions, type Sessions } from './sessions.ts';
import { createOwnTurns, type OwnTurns } from './turns.ts';
import { createOwnUsage, type OwnUsage } from './usage.ts';

/** What is another principal's is, for every member, as if it were not there. */
export interface Own {
  readonly sessions: Sessions;
  readonly accept: (turn: NewTurn) => Promise<Accepted>;
  readonly turns: OwnTurns;
  readonly questions: OwnQuestions;
  readonly events: OwnEvents;
  readonly artifacts: OwnArtifacts;
  readonly deadLetters: DeadLetters;
  readonly inbound: OwnInbound;
  readonly usage: OwnUsage;
}

/** With which key something is done: what is begun is marked with it. */
export interface WithKey {
  readonly keyId: string;
  /** The only skills that may run for it; null: every skill. */
  readonly allowedSkills: readonly string[] | null;
}

/** A key that is for single skills sees only what was begun with it; all others, what is their principal's. */
export function confinedTo({ keyId, allowedSkills }: WithKey): string | undefined {
  return allowedSkills !== null && allowedSkills.length > 0 ? keyId : undefined;
}

export function createOwn(run: Run, principalId: string, key?: WithKey): Own {
  return {
    sessions: createSessions(run, principalId, key?.keyId),
    accept: (turn) => acceptTurn(run, principalId, turn, key),
    turns: createOwnTurns(run, principalId),
    questions: createOwnQuestions(run, principalId),
    events: createOwnEvents(run, principalId),
    artifacts: createOwnArtifacts(run, principalId),
    deadLetters: createDeadLetters(run, principalId),
    inbound: createOwnInbound(run, principalId, key),
    usage: createOwnUsage(run, principalId),
  };
}
