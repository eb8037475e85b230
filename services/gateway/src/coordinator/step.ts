// One step of a plan: policy and approval first, then attempts until it is known what became of it.
import { hashJson, type Invoke, invocationId, SwitchboardError } from '@switchboard/contract';
import { crashPoint } from '@switchboard/service';
import type { InvocationRow, NewInvocation } from '@switchboard/store';
import type { OfferedSkill } from '../directory.ts';
import { decideStep, deniedError } from './decide-step.ts';
import { describeStep } from './describe-step.ts';
import { invokeOnce } from './invoke.ts';
import { type Leave, leaveFor } from './leave.ts';
import { offered } from './offered.ts';
import type { Outcome } from './outcome.ts';
import { approvalQuestion } from './questions.ts';
import { type Completion, recordOutcome, type StepEnd } from './record.ts';
import { CancelRequested, type CoordinatorParts, commit, type Run, sleep } from './run.ts';
import { type Doubtful, type SettleParts, settle } from './settle.ts';
import { settleParts } from './settle-parts.ts';
import { stopInvocation } from './stop.ts';
import { type StepPlace, told } from './told.ts';

/** Attempts of one step, all together: each needs a refusal, a fence or a death before it. */
const attemptsMax = 20;
const retryPauseMs = 250;

interface Begun {
  readonly row: NewInvocation;
  readonly startedAt: Date;
  readonly outcome: Outcome;
}

function isLate(run: Run): boolean {
  return Date.now() >= run.turn.deadline.getTime();
}

function tooLate({ directory }: CoordinatorParts, agent: string): SwitchboardError {
  if (!directory.here(agent)) return new SwitchboardError('agent-unavailable', `${agent} did not come back in time`);
  return new SwitchboardError('deadline-exceeded', 'It was not done in time, and will not be done');
}

function doubtful(run: Run, row: NewInvocation, epoch: number): Doubtful {
  const { id, step, attempt, agent, skill, contractHash, input, inputHash, policy, approvalId } = row;
  const invoke: Invoke = {
    v: 1,
    id,
    session: run.turn.sessionId,
    turn: run.turn.id,
    step,
    attempt,
    epoch,
    agent,
    skill,
    contractHash,
    input,
    inputHash,
    policy,
    ...(approvalId !== null && { approval: approvalId }),
    deadline: row.deadline.toISOString(),
  };
  return { invoke, repeat: row.repeat };
}

function newRow(run: Run, place: StepPlace, skill: OfferedSkill, attempt: number, leave: Leave): NewInvocation {
  const { document } = skill;
  return {
    id: invocationId(run.turn.id, place.number, attempt),
    step: place.number,
    attempt,
    agent: skill.agent,
    skill: document.name,
    contractHash: document.contractHash,
    input: place.step.input,
    inputHash: hashJson(place.step.input),
    effects: document.effects,
    repeat: document.repeat,
    ...leave,
    ingests: document.ingests,
    deadline: new Date(Math.min(run.turn.deadline.getTime(), Date.now() + document.timeoutMs)),
  };
}

/** A person who cancels does not wait for the answer: the invocation is ended, and asked how far it came. */
async function unlessCanceled(settling: SettleParts, asked: Doubtful, call: Promise<Outcome>): Promise<Outcome> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof CancelRequested) return stopInvocation(settling, asked);
    throw error;
  }
}

/** An attempt that an earlier claim had started: it is asked about, never sent again. */
async function resume(parts: CoordinatorParts, run: Run, row: InvocationRow): Promise<Begun> {
  const asked = doubtful(run, row, row.epoch);
  const settling = settleParts(parts, run.log);
  const call = settle(settling, asked, run.turn.deadline, run.patience);
  return { row, startedAt: row.startedAt, outcome: await unlessCanceled(settling, asked, call) };
}

/** A new attempt, if nothing stands in its way. */
async function begin(parts: CoordinatorParts, run: Run, place: StepPlace, attempt: number): Promise<Begun | StepEnd> {
  run.signal.throwIfAborted();
  if (isLate(run)) throw tooLate(parts, place.step.agent);
  if (attempt > attemptsMax)
    throw new SwitchboardError('unavailable', `It was tried ${attemptsMax} times and came to no end`);
  const skill = offered(parts.directory, place.step);
  const inForce = parts.policy.current();
  const policy = decideStep(parts, run, place, skill);
  const decided = told.decided(place, policy, inForce.revision);
  const leave = leaveFor(run.answered, place, policy);
  if (leave === 'deny') {
    const error = deniedError(place.step, policy).toInfo();
    const state = place.number === 1 ? 'rejected' : 'failed';
    await commit(parts, run, { state, error, events: [decided, told.over(state, error)] });
    return { kind: 'over' };
  }
  if (leave === 'ask') {
    const words = await describeStep(parts.bus, place.step);
    run.signal.throwIfAborted();
    const asking = { words, isLed: run.saidToModel !== undefined, expiresInMs: parts.settings.questionMs };
    const question = approvalQuestion(place, skill.document, policy, asking);
    await commit(parts, run, { state: 'input-required', ask: question, events: [decided, told.asked(question)] });
    return { kind: 'over' };
  }
  if (!parts.directory.here(skill.agent)) return { kind: 'waits', agent: skill.agent };
  const concurrency = parts.directory.agent(skill.agent)?.hello.concurrency ?? 1;
  const freed = await parts.limiter.enter(skill.agent, concurrency, run.patience);
  if (parts.policy.current() !== inForce) {
    freed();
    return begin(parts, run, place, attempt);
  }
  try {
    const row = newRow(run, place, skill, attempt, leave);
    await commit(parts, run, { start: row, events: [decided, told.started(row, skill.document)] });
    crashPoint('G5');
    const asked = doubtful(run, row, run.fence.epoch);
    const settling = settleParts(parts, run.log);
    const call = invokeOnce(settling, asked, {
      until: run.turn.deadline,
      signal: run.signal,
      patience: run.patience,
      traceparent: run.turn.traceparent ?? undefined,
      onDoubt: () => commit(parts, run, { events: [told.settling(row.id, 'the answer did not come')] }),
    });
    return { row, startedAt: new Date(), outcome: await unlessCanceled(settling, asked, call) };
  } finally {
    freed();
  }
}

/**
 * Does a step and records it. Unless it `succeeded`, or `failed` in a turn that a model leads, the turn has ended, asks,
 * or waits for its agent.
 */
export async function doStep(
  parts: CoordinatorParts,
  run: Run,
  place: StepPlace,
  completion: Completion,
): Promise<StepEnd> {
  const latest = run.invocations.filter((row) => row.step === place.number).at(-1);
  if (latest?.state === 'succeeded') return { kind: 'succeeded', text: latest.text ?? '', output: latest.output ?? {} };
  if (run.saidToModel !== undefined && latest?.state === 'failed') return { kind: 'failed' };
  let resumed = latest?.state === 'started' ? latest : undefined;
  let attempts = latest?.attempt ?? 0;
  for (;;) {
    const begun = resumed ? await resume(parts, run, resumed) : await begin(parts, run, place, attempts + 1);
    if ('kind' in begun) return begun;
    const end = await recordOutcome(parts, run, { place, completion, ...begun });
    if (end.kind !== 'again') return end;
    attempts = end.attempt;
    resumed = undefined;
    await sleep(retryPauseMs, run.patience);
  }
}
