// One claimed turn under way: its fence, its signal, and the one way to write.
import type { Bus, Signer } from '@switchboard/bus';
import { isTerminal, type PlannedStep } from '@switchboard/contract';
import { crashPoint, type Log } from '@switchboard/service';
import type {
  ClaimedTurn,
  Fence,
  InvocationRow,
  NewEvent,
  QuestionRow,
  ThoughtRow,
  Transition,
  Work,
} from '@switchboard/store';
import type { AskRouter } from '../ask-router.ts';
import type { ContractCheck } from '../check-contract.ts';
import type { Directory } from '../directory.ts';
import type { Feed } from '../feed.ts';
import type { ModelsHere } from '../models/models-here.ts';
import type { KeptPolicy } from '../policy/keep-policy.ts';
import { concealed } from './conceal.ts';
import { afterStart, type Deciding, type Standing } from './decide-step.ts';
import type { Limiter } from './limiter.ts';
import type { Thinking } from './thinking.ts';

export interface CoordinatorParts {
  readonly store: Work;
  readonly bus: Bus;
  readonly signer: Signer;
  readonly directory: Directory;
  readonly policy: KeptPolicy;
  readonly askRouter: AskRouter;
  /** Whether a model can be asked. */
  readonly models: Pick<ModelsHere, 'here' | 'settled' | 'state' | 'problems'>;
  readonly check: ContractCheck;
  readonly feed: Feed;
  /** Something was written to the outbox. */
  readonly published: () => void;
  readonly limiter: Limiter;
  readonly thinking: Thinking;
  readonly log: Log;
  readonly settings: CoordinatorSettings;
}

export interface CoordinatorSettings {
  /** Of this process; a new one after every start. */
  readonly owner: string;
  readonly leaseMs: number;
  readonly inFlightMax: number;
  /** Turns that may wait for a model beside them. */
  readonly thinkingMax: number;
  readonly questionMs: number;
  /** Steps of one turn. */
  readonly stepsMax: number;
  /** Grave ones among them. */
  readonly effectsMax: number;
  /** Tokens of earlier messages that a model is told. */
  readonly contextTokensMax: number;
  /** Who leads a turn when nothing speaks for another. */
  readonly leadAgent: string;
}

/** The claim is somebody else's now: nothing may be written. */
export class LostClaim extends Error {
  override readonly name = 'LostClaim';
}

/** The person has asked for the end of the turn. */
export class CancelRequested extends Error {
  override readonly name = 'CancelRequested';
}

export interface Run extends Deciding {
  readonly turn: ClaimedTurn;
  readonly fence: Fence;
  readonly log: Log;
  /** Aborted with LostClaim or CancelRequested. */
  readonly signal: AbortSignal;
  /** As `signal`, and aborted when the process drains: for what another gateway can do as well. */
  readonly patience: AbortSignal;
  /** Attempts, in their order: what ends under this claim is added. */
  readonly invocations: InvocationRow[];
  /** The plan so far: of a turn that a model leads, it grows. */
  readonly steps: PlannedStep[];
  /** Of a turn that a model leads; what is thought under this claim is added. */
  readonly thoughts: ThoughtRow[];
  /** There where a model leads: what fails is told to it, and does not end the turn. */
  saidToModel: string | undefined;
  /** Answered questions, oldest first. */
  readonly answered: readonly QuestionRow[];
  standing: Standing;
  readonly allowedSkills: readonly string[] | null;
  /** The route's decision, its plan and their events, to be written with the next change: one commit less. */
  pending: Partial<Pick<Transition, 'decision' | 'plan' | 'thoughts'>> & { readonly events: readonly NewEvent[] };
}

/** What came of driving a turn: it has ended or asks, or it waits for an agent. */
export type Driven = { readonly kind: 'over' } | { readonly kind: 'waits'; readonly agent: string };

/** All that the person has said in a turn: its message, and answers in words. */
export function wordsOf({ request }: Pick<ClaimedTurn, 'request'>, answered: readonly QuestionRow[]): string {
  const texts = answered.map(({ answer }) => answer?.['text']).filter((text) => typeof text === 'string');
  return [request.input, ...texts].join('\n');
}

/** Writes one change with whatever is pending. Throws LostClaim when the claim has been lost. */
export async function commit(parts: CoordinatorParts, run: Run, change: Transition): Promise<void> {
  const { events: earlier, ...pending } = run.pending;
  const confides = run.standing.confides === true;
  const [first, ...rest] = [...earlier, ...change.events].map((event) => concealed(event, confides));
  if (first === undefined) throw new TypeError('a change without an event');
  const thoughts = [...(pending.thoughts ?? []), ...(change.thoughts ?? [])];
  const whole = { ...pending, ...change, ...(thoughts.length > 0 && { thoughts }) };
  const written = await parts.store.transit(run.fence, { ...whole, events: [first, ...rest] });
  if (written === undefined) throw new LostClaim(`turn ${run.turn.id} epoch ${run.fence.epoch}`);
  if (change.state !== undefined && isTerminal(change.state)) crashPoint('G9');
  run.pending = { events: [] };
  if (change.start) run.standing = afterStart(run.standing, change.start.step, change.start);
  parts.feed.tell(written);
  parts.published();
}

/** Resolves after `ms`, rejects with the signal's reason. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal.addEventListener('abort', stop, { once: true });
  });
}
