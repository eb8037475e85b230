// A turn that a model leads: one thought after another, each on disk before anything is done about it.
import {
  type Next,
  type NextReply,
  noUsage,
  type PlannedStep,
  SwitchboardError,
  sumUsage,
  toErrorInfo,
} from '@switchboard/contract';
import type { ThoughtRow } from '@switchboard/store';
import { fillStep } from '../coordinator/fill-step.ts';
import { thoughtQuestion } from '../coordinator/questions.ts';
import { type CoordinatorParts, commit, type Driven, type Run } from '../coordinator/run.ts';
import { doStep } from '../coordinator/step.ts';
import { told } from '../coordinator/told.ts';
import { type Call, gate, whyMax } from './gate.ts';
import { ask, type Leading, questionOf, thoughtOf } from './leading.ts';
import { lookBack, sumUp } from './look-back.ts';
import { answerTo, settledAttempt } from './observe.ts';
import { type Led, offeredSkills } from './offer.ts';
import { accountFor } from './receipts.ts';

/** Refusals of one turn for the same call again, after which it has plainly lost its way. */
const repeatedMax = 3;
/** What may come of a call before anything was begun, and is the model's to mend. */
const mendable: ReadonlySet<string> = new Set(['invalid-input', 'contract-mismatch', 'unavailable']);

/** The thought that nothing has come of yet. */
function openThought({ thoughts, invocations, answered }: Run): ThoughtRow | undefined {
  const last = thoughts.at(-1);
  if (last?.purpose !== 'decide' || last.why !== null) return undefined;
  const { answer, step, number } = last;
  if (answer.kind === 'consult') return last;
  if (answer.kind === 'ask') return answerTo(answered, number) ? undefined : last;
  return step !== null && settledAttempt(invocations, step) === undefined ? last : undefined;
}

/** A role is asked for its judgement, on the question alone: a step of its own that does nothing. */
async function judge(leading: Leading, asked: string, goal: string): Promise<Driven | undefined> {
  const { parts, run } = leading;
  const question = questionOf(leading, { agent: asked, purpose: 'judge', goal, context: { facts: [], messages: [] } });
  const answer = await ask(leading, question).catch((error: unknown): NextReply => {
    if (!(error instanceof SwitchboardError)) throw error;
    return { v: 1, id: question.id, usage: noUsage, kind: 'say', text: `Could not be asked: ${error.message}` };
  });
  if (answer === undefined) return { kind: 'waits', agent: asked };
  const row = thoughtOf(question, answer);
  run.thoughts.push(row);
  await commit(parts, run, { thoughts: [row], events: [told.thought(row)] });
  return undefined;
}

async function takeCall(leading: Leading, question: Next, call: Call): Promise<Driven | undefined> {
  const { parts, run, team } = leading;
  const number = run.steps.length + 1;
  const gated = await gate(parts, run, team.offered, call, number);
  if ('why' in gated) {
    const row = thoughtOf(question, call, { why: gated.why });
    run.thoughts.push(row);
    await commit(parts, run, { thoughts: [row], events: [told.thought(row), ...gated.events] });
    if (gated.repeated) leading.repeated += 1;
    if (leading.repeated < repeatedMax) return undefined;
    throw new SwitchboardError('model-failed', `It wanted ${call.skill} with the same input again and again`);
  }
  const row = thoughtOf(question, call, { step: number });
  run.thoughts.push(row);
  run.steps.push(gated.step);
  // Written by the commit that starts the step, or asks about it: on disk before it is acted on.
  run.pending = {
    ...run.pending,
    plan: [...run.steps],
    thoughts: [...(run.pending.thoughts ?? []), row],
    events: [...run.pending.events, told.thought(row)],
  };
  try {
    return await carryOut(leading, number, gated.filled);
  } catch (error) {
    return refuse(leading, row, error);
  }
}

/** It turned out that it cannot be done, before anything of it was written: no step, and the model is told why. */
async function refuse({ parts, run }: Leading, row: ThoughtRow, error: unknown): Promise<undefined> {
  const { thoughts = [], plan: _, events, ...pending } = run.pending;
  const why = error instanceof SwitchboardError && mendable.has(error.code) ? error.message : undefined;
  if (why === undefined || !thoughts.includes(row)) throw error;
  const refused = { ...row, step: null, why: why.slice(0, whyMax) };
  run.thoughts.splice(-1, 1, refused);
  run.steps.pop();
  run.pending = { ...pending, thoughts: thoughts.filter((other) => other !== row), events: events.slice(0, -1) };
  await commit(parts, run, { thoughts: [refused], events: [told.thought(refused)] });
  return undefined;
}

/** Undefined: it is done, or has failed, and the model is told. */
async function carryOut({ parts, run }: Leading, number: number, step: PlannedStep): Promise<Driven | undefined> {
  const end = await doStep(parts, run, { number, step }, () => undefined);
  if (end.kind === 'waits') return { kind: 'waits', agent: end.agent };
  return end.kind === 'succeeded' || end.kind === 'failed' ? undefined : { kind: 'over' };
}

async function think(leading: Leading): Promise<Driven | undefined> {
  const { parts, run, team } = leading;
  leading.window = await lookBack(leading);
  const waits = await sumUp(leading);
  if (waits) return waits;
  const window = await lookBack(leading);
  leading.window = window;
  const question = questionOf(leading, {
    agent: team.lead,
    purpose: 'decide',
    goal: run.turn.request.input,
    context: window.context,
  });
  const answer = await ask(leading, question);
  if (answer === undefined) return { kind: 'waits', agent: team.lead };
  if (answer.kind === 'call') return takeCall(leading, question, answer);
  const known = answer.kind !== 'consult' || question.roles.some(({ agent }) => agent === answer.agent);
  const row = thoughtOf(question, answer, known ? {} : { why: 'There is no such role here' });
  run.thoughts.push(row);
  const events = [told.thought(row)] as const;
  if (answer.kind === 'consult') {
    await commit(parts, run, { thoughts: [row], events });
    return undefined;
  }
  if (answer.kind === 'ask') {
    const asked = thoughtQuestion(answer.text, row.number, parts.settings.questionMs);
    await commit(parts, run, {
      state: 'input-required',
      thoughts: [row],
      ask: asked,
      events: [...events, told.asked(asked)],
    });
    return { kind: 'over' };
  }
  const output = accountFor({ said: answer.text, invocations: run.invocations, offered: team.offered });
  await commit(parts, run, {
    state: 'completed',
    thoughts: [row],
    output,
    events: [...events, told.completed(output.text)],
  });
  return { kind: 'over' };
}

async function actOn(leading: Leading, { answer, step: number }: ThoughtRow): Promise<Driven | undefined> {
  const { parts, run } = leading;
  if (answer.kind === 'consult') return judge(leading, answer.agent, answer.question);
  const planned = number === null ? undefined : run.steps[number - 1];
  if (number === null || planned === undefined) throw new Error(`thought of turn ${run.turn.id} without its step`);
  return carryOut(leading, number, await fillStep(parts, run.turn.id, { number, step: planned }));
}

/** Throws as drive does; an end with an error keeps the account of what had been done. */
export async function lead(parts: CoordinatorParts, run: Run, decision: Led, agent: string): Promise<Driven> {
  const team = { lead: agent, offered: offeredSkills(parts.directory, decision) };
  const leading: Leading = { parts, run, team, window: undefined, repeated: 0 };
  try {
    // As every step of a plan would be denied: what it was said with has been revoked.
    if (run.allowedSkills?.length === 0)
      throw new SwitchboardError('policy-denied', 'The key that it was said with has been revoked');
    for (;;) {
      run.signal.throwIfAborted();
      const open = openThought(run);
      const driven = open ? await actOn(leading, open) : await think(leading);
      if (driven) return driven;
    }
  } catch (error) {
    if (!(error instanceof SwitchboardError)) throw error;
    const info = toErrorInfo(error);
    const output = accountFor({ said: info.message, invocations: run.invocations, offered: team.offered });
    run.log.info(
      { code: info.code, usage: sumUsage([noUsage, ...run.thoughts.map(({ usage }) => usage)]) },
      'led to no end',
    );
    await commit(parts, run, { state: 'failed', error: info, output, events: [told.over('failed', info)] });
    return { kind: 'over' };
  }
}
