// Runs a handler once under its deadline, or has it look what became of an earlier run.
import {
  artifactSchema,
  type CapabilityEffect,
  type Invoke,
  type JsonValue,
  type MessageOf,
  type ReconcileReply,
  SwitchboardError,
} from '@switchboard/contract';
import type { Log } from '@switchboard/service';
import type { CapabilityAdapters } from './adapters.ts';
import type { Artifacts } from './artifacts.ts';
import type { Call } from './call.ts';
import { type CallContext, createCallContext } from './call-context.ts';
import type { ReadContent } from './content.ts';
import type { HostedSkill } from './hosted-skills.ts';
import type { Ledger } from './ledger.ts';
import { type Done, doneReply, type Failed, failure } from './outcome.ts';

/** One call with all that it is about. */
export interface Job {
  readonly message: Invoke;
  readonly skill: HostedSkill;
  /** As the contract has parsed it. */
  readonly input: Record<string, unknown>;
  readonly call: Call;
}

export interface Workshop {
  readonly adapters: CapabilityAdapters;
  readonly ledger: Ledger;
  readonly artifacts: Artifacts;
  /** What the input of an invocation names, by the invocation's id. */
  readonly content: (invocation: string) => ReadContent;
  readonly log: Log;
  /** Passes on how a call goes; must not throw. */
  readonly progress: (turn: string, message: MessageOf<'progress'>) => void;
  readonly now: () => number;
}

function contextOf(
  { message, skill, call }: Job,
  workshop: Workshop,
  effects: readonly CapabilityEffect[],
  note: (data: JsonValue) => Promise<void>,
): CallContext {
  const timeout = workshop.now() + skill.contract.timeoutMs;
  call.endIn(skill.contract.timeoutMs);
  return createCallContext({
    scope: {
      invocationId: message.id,
      session: message.session,
      signal: call.signal,
      deadline: new Date(Math.min(Date.parse(message.deadline), timeout)),
    },
    effects,
    adapters: workshop.adapters,
    artifacts: workshop.artifacts,
    content: workshop.content(message.id),
    note,
    progress: (text) => workshop.progress(message.turn, { v: 1, id: message.id, kind: 'note', text }),
  });
}

/** Throws InterruptedError when it was cut off in mid-effect, and nothing else. */
export async function runSkill(job: Job, workshop: Workshop): Promise<Done | Failed> {
  const { message, input, call } = job;
  const { contract, handler } = job.skill;
  const { ledger, log } = workshop;
  const note = (data: JsonValue): Promise<void> =>
    contract.repeat === 'safe' ? Promise.resolve() : ledger.note(message.id, data);
  try {
    const { ctx, artifacts } = contextOf(job, workshop, contract.effects, note);
    return doneReply(message.id, contract, input, await handler.run(ctx, input), artifacts);
  } catch (thrown) {
    const failed = failure(message.id, contract, call.signal, thrown);
    if (failed.error.code === 'internal')
      log.error({ err: thrown, id: message.id, skill: contract.name }, 'skill broke');
    return failed;
  }
}

/**
 * Gives the handler only what its contract lets it read, so that looking cannot change anything. The artifacts of the
 * earlier run are those that the output names.
 */
export async function reconcileSkill(
  job: Job,
  workshop: Workshop,
): Promise<Done | (ReconcileReply & { state: 'not-done' | 'unknown' })> {
  const { message, input } = job;
  const { contract, handler } = job.skill;
  const { id } = message;
  const reading = contract.effects.filter((effect) => effect.class === 'read');
  const noNote = async (): Promise<never> => {
    throw new SwitchboardError('conflict', 'Reconciling leaves no note');
  };
  try {
    const { ctx, artifacts } = contextOf(job, workshop, reading, noNote);
    const noted = await workshop.ledger.noted(id);
    const found = (await handler.reconcile?.(ctx, input, noted)) ?? { outcome: 'unknown' };
    if (found.outcome !== 'done') return { v: 1, id, state: found.outcome };
    const named = Object.values(found.output).flatMap((value) => artifactSchema.safeParse(value).data ?? []);
    return doneReply(id, contract, input, found.output, [...named, ...artifacts]);
  } catch (thrown) {
    workshop.log.warn({ err: thrown, id, skill: contract.name }, 'could not reconcile');
    return { v: 1, id, state: 'unknown' };
  }
}
