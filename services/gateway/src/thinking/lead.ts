// A turn that a model leads: one thought after another, each on disk before anything is done about it.
import {
  type Next,
  type NextReply,
  noUsage,
  type PlannedStep,
  SwitchboardError,
  sumUsage,
  thoughtsMax,
} from '@switchboard/contract';
import { crashPoint } from '@switchboard/service';
import type { ThoughtRow } from '@switchboard/store';
import type { Driven } from '../coordinator/drive.ts';
import { fillStep } from '../coordinator/fill-step.ts';
import { thoughtQuestion } from '../coordinator/questions.ts';
import { type CoordinatorParts, commit, type Run } from '../coordinator/run.ts';
import { doStep } from '../coordinator/step.ts';
import { told } from '../coordinator/told.ts';
import type { OfferedSkill } from '../directory.ts';
import { askNext } from './ask-next.ts';
import { pastTurnsMax, type Window, windowOf } from './context.ts';
import { type Call, gate } from './gate.ts';
import { answerTo, observationsOf, settledAttempt } from './observe.ts';
import { describeSkills, type Led, offeredSkills, otherRoles } from './offer.ts';
import { accountFor } from './receipts.ts';

/** Refusals of one turn for the same call again, after which it has plainly lost its way. */
const repeatedMax = 3;
/** Pinned facts that are always in view. */
const factsMax = 20;

interface Team {
  readonly lead: string;
  readonly offered: readonly OfferedSkill[];
}

interface Leading {
  readonly parts: CoordinatorParts;
  readonly run: Run;
  readonly team: Team;
  window: Window | undefined;
  repeated: number;
}

/** The thought that nothing has come of yet. */
function openThought({ thoughts, invocations, answered }: Run): ThoughtRow | undefined {
  const last = thoughts.at(-1);
  if (last?.purpose !== 'decide' || last.why !== null) return undefined;
  const { answer, step, number } = last;
  if (answer.kind === 'consult') return last;
  if (answer.kind === 'ask') return answerTo(answered, number) ? undefined : last;
  return step !== null && settledAttempt(invocations, step) === undefined ? last : undefined;
}

async function lookBack(leading: Leading): Promise<Window> {
  if (leading.window) return leading.window;
  const { parts, run } = leading;
  const { sessionId, seq, principalId } = run.turn;
  const [past, facts] = await Promise.all([
    parts.store.thoughts.past(sessionId, seq, pastTurnsMax),
    parts.store.facts.pinned(principalId, factsMax),
  ]);
  leading.window = windowOf(past, facts, parts.settings.contextTokensMax);
  return leading.window;
}

function questionOf({ run, team, parts }: Leading, about: Pick<Next, 'agent' | 'purpose' | 'goal' | 'context'>): Next {
  const { turn, thoughts, invocations, answered, standing } = run;
  const number = thoughts.length + 1;
  const decides = about.purpose === 'decide';
  return {
    v: 1,
    id: `${turn.id}-${number}-1`,
    session: turn.sessionId,
    turn: turn.id,
    thought: number,
    skills: decides ? describeSkills(team.offered) : [],
    roles: decides ? otherRoles(parts.directory, team.lead) : [],
    observations: decides ? observationsOf({ thoughts, invocations, answered, tainted: standing.tainted }) : [],
    stepsLeft: Math.max(0, parts.settings.stepsMax - run.steps.length),
    now: turn.createdAt.toISOString(),
    deadline: turn.deadline.toISOString(),
    ...about,
  };
}

/** Undefined: the agent is away. While it thinks, the turn takes no place of those that are worked on. */
async function ask({ parts, run }: Leading, question: Next): Promise<NextReply | undefined> {
  if (question.thought > thoughtsMax) {
    throw new SwitchboardError('model-failed', `It came to no end in ${thoughtsMax} thoughts`);
  }
  const thoughtOver = parts.thinking.begin(run.turn.id);
  try {
    const reply = await askNext(parts, question, {
      signal: run.patience,
      traceparent: run.turn.traceparent ?? undefined,
    });
    crashPoint('G11');
    return reply;
  } finally {
    thoughtOver();
  }
}

function thoughtOf(question: Next, answer: NextReply, became: Partial<Pick<ThoughtRow, 'step' | 'why'>> = {}) {
  const { thought: number, purpose, agent } = question;
  return { number, purpose, agent, answer, step: null, why: null, usage: answer.usage, ...became } satisfies ThoughtRow;
}

/** What has fallen out of the window becomes part of the summary. */
async function sumUp(leading: Leading, window: Window): Promise<Driven | undefined> {
  const { parts, run, team } = leading;
  const { overdue, context } = window;
  if (overdue === undefined) return undefined;
  const question = questionOf(leading, {
    agent: team.lead,
    purpose: 'summarize',
    goal: 'Sum up what was said so far',
    context: { ...context, messages: overdue.messages },
  });
  const answer = await ask(leading, question);
  if (answer === undefined) return { kind: 'waits', agent: team.lead };
  if (answer.kind !== 'say') throw new SwitchboardError('model-failed', 'Asked for a summary, it wanted to act');
  const row = thoughtOf(question, answer);
  run.thoughts.push(row);
  const text = answer.text.slice(0, 8_000);
  await commit(parts, run, {
    thoughts: [row],
    summary: { through: overdue.through, text, trust: overdue.trust },
    events: [told.thought(row)],
  });
  leading.window = undefined;
  return undefined;
}

/** A role is asked for its judgement: a step of its own that does nothing. */
async function judge(leading: Leading, asked: string, goal: string): Promise<Driven | undefined> {
  const { parts, run } = leading;
  const { context } = await lookBack(leading);
  const question = questionOf(leading, { agent: asked, purpose: 'judge', goal, context });
  const answer = await ask(leading, question);
  if (answer === undefined) return { kind: 'waits', agent: asked };
  if (answer.kind !== 'say') throw new SwitchboardError('model-failed', 'Asked for a judgement, it wanted to act');
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
  return carryOut(leading, number, gated.filled);
}

/** Undefined: it is done, or has failed, and the model is told. */
async function carryOut({ parts, run }: Leading, number: number, step: PlannedStep): Promise<Driven | undefined> {
  const end = await doStep(parts, run, { number, step }, () => undefined);
  if (end.kind === 'waits') return { kind: 'waits', agent: end.agent };
  return end.kind === 'succeeded' || end.kind === 'failed' ? undefined : { kind: 'over' };
}

async function think(leading: Leading): Promise<Driven | undefined> {
  const { parts, run, team } = leading;
  const window = await lookBack(leading);
  if (window.overdue && !run.thoughts.some(({ purpose }) => purpose === 'summarize')) return sumUp(leading, window);
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
    for (;;) {
      run.signal.throwIfAborted();
      const open = openThought(run);
      const driven = open ? await actOn(leading, open) : await think(leading);
      if (driven) return driven;
    }
  } catch (error) {
    if (!(error instanceof SwitchboardError)) throw error;
    const info = error.toInfo();
    const output = accountFor({ said: undefined, invocations: run.invocations, offered: team.offered });
    run.log.info(
      { code: info.code, usage: sumUsage([noUsage, ...run.thoughts.map(({ usage }) => usage)]) },
      'led to no end',
    );
    await commit(parts, run, { state: 'failed', error: info, output, events: [told.over('failed', info)] });
    return { kind: 'over' };
  }
}
