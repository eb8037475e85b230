// What the program itself does, for all principals: working on turns, publishing, remembering agents. Not for the HTTP side.
import { type Agents, createAgents } from './agents.ts';
import { createWorkArtifacts, type WorkArtifacts } from './artifacts.ts';
import { type Claims, createClaims } from './claims.ts';
import { createDeliveries, type Deliveries } from './deliveries.ts';
import { createOutbox, createRelay, type Outbox, type Relay } from './events.ts';
import { createFacts, type Facts } from './facts.ts';
import { createModelCalls, type ModelCalls } from './model-calls.ts';
import { createWorkQuestions, type WorkQuestions } from './questions.ts';
import type { Run } from './run.ts';
import { createThoughts, type Thoughts } from './thoughts.ts';
import { createTransit, type Transit } from './transition.ts';
import { createWorkTurns, type WorkTurns } from './turns.ts';
import { createWorkUsage, type WorkUsage } from './usage.ts';

export interface Work {
  readonly claims: Claims;
  readonly transit: Transit;
  readonly turns: WorkTurns;
  readonly thoughts: Thoughts;
  readonly questions: WorkQuestions;
  readonly artifacts: WorkArtifacts;
  readonly deliveries: Deliveries;
  readonly facts: Facts;
  readonly outbox: Outbox;
  readonly relay: Relay;
  readonly agents: Agents;
  readonly modelCalls: ModelCalls;
  readonly usage: WorkUsage;
}

/** `bookkeeping`: where a commit need not wait for the disk. `book`: where those wait who would spend, for one another. */
export function createWork(run: Run, bookkeeping: Run, book: Run): Work {
  return {
    claims: createClaims(run),
    transit: createTransit(run),
    turns: createWorkTurns(run),
    thoughts: createThoughts(run),
    questions: createWorkQuestions(run),
    artifacts: createWorkArtifacts(run),
    deliveries: createDeliveries(run),
    facts: createFacts(run),
    outbox: createOutbox(run, bookkeeping),
    relay: createRelay(bookkeeping),
    agents: createAgents(run),
    modelCalls: createModelCalls(book),
    usage: createWorkUsage(run),
  };
}
