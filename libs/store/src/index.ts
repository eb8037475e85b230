// The store: the only importer of postgres.
export type { Accepted, NewTurn } from './accept.ts';
export type { WorkArtifacts } from './artifacts.ts';
export { type Audit, appendAudit, type NewAct } from './audit.ts';
export type { ClaimedTurn, Fence } from './claims.ts';
export { cloneDatabase, createDatabase, dropDatabase } from './databases.ts';
export type { ClaimedDelivery, Deliveries, DeliveryRow } from './deliveries.ts';
export type { ThreadPlace } from './delivery-rows.ts';
export { describeSchema } from './describe-schema.ts';
export type { OutboxEvent } from './events.ts';
export type { FactAsker, Facts, FoundFacts } from './facts.ts';
export type { Identities, IdentityRow } from './identities.ts';
export type { InboundMessage, InboundOutcome, Taken } from './inbound.ts';
export { mintKey } from './key-changes.ts';
export type { KeyHolder, KeyRow, LiveKey, UsedKey } from './key-rows.ts';
export type { Keys } from './keys.ts';
export { NewerSchemaError } from './migrate.ts';
export {
  type BudgetLimit,
  type BudgetLimits,
  type BudgetScope,
  budgetScopes,
  type CallTurn,
  type ModelCalls,
  type OverBudget,
  type Settlement,
} from './model-calls.ts';
export type { Own } from './own.ts';
export { type DatabaseUrls, databaseUrls, prepareDatabase } from './prepare-database.ts';
export type { PrincipalRow, Principals } from './principals.ts';
export type { Proof, ProvingMessage, Sender } from './prove-address.ts';
export type { AnswerEffect, ApprovalRow } from './questions.ts';
export { type Logins, newLogins, newPassword } from './roles.ts';
export type {
  InvocationRow,
  NewEvent,
  QuestionRow,
  SessionRow,
  TurnAddress,
  TurnOutput,
  TurnRequest,
  TurnRow,
} from './rows.ts';
export { openStore, type Store, type StoreOptions } from './store.ts';
export type { NewSummary, SaidTurn, SessionPast, ThoughtRow, Thoughts } from './thoughts.ts';
export type { EndedInvocation, NewInvocation, NewQuestion, Transition } from './transition.ts';
export type { TurnView } from './turns.ts';
export type { BudgetRow, UsageRange, UsageSum, WorkUsage } from './usage.ts';
export type { Work } from './work.ts';
