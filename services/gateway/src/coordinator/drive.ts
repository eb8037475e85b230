// A claimed turn from where it stands to its end, or to where it must wait.
import { type PlannedStep, type RouteDecision, type RouteRequest, SwitchboardError } from '@switchboard/contract';
import { crashPoint } from '@switchboard/service';
import { lead } from '../thinking/lead.ts';
import { type Led, leadOf } from '../thinking/offer.ts';
import { deniedError, forecast } from './decide-step.ts';
import { checkReferences, fillStep } from './fill-step.ts';
import { routingQuestion } from './questions.ts';
import { type Completion, recordOutcome } from './record.ts';
import { rehearse } from './rehearse.ts';
import { type CoordinatorParts, commit, type Driven, type Run, wordsOf } from './run.ts';
import { doStep } from './step.ts';
import { told } from './told.ts';

/** Claims without progress after which a turn is set aside: more than an innocent one meets while gateways are killed. */
const claimsMax = 8;

/** What the router is told of what was said before. */
const saidTurnsMax = 2;
const saidCharactersMax = 300;

/**
 * What the router may leave to a model, and on whose account; a dry run spends nothing. It is told in our words and the
 * person's alone: an answer of a tainted turn may hold the words of others.
 */
async function modelFor({ store }: CoordinatorParts, { turn }: Run): Promise<RouteRequest['model']> {
  const { turns } = await store.thoughts.past(turn.sessionId, turn.seq, saidTurnsMax);
  const head = (text: string): string => text.slice(0, saidCharactersMax).toWellFormed();
  const said = turns.flatMap(({ input, output, tainted }) => [
    ...(output && !tainted ? [{ role: 'switchboard' as const, text: head(output) }] : []),
    { role: 'person' as const, text: head(input) },
  ]);
  return { said: said.reverse(), ...(!turn.request.dryRun && { turn: turn.id }) };
}

async function decide(parts: CoordinatorParts, run: Run): Promise<RouteDecision> {
  const { address, deadline, traceparent, recent } = run.turn;
  // A typed call names its skill and its whole input: there is nothing to recognise.
  if (address.typed) {
    const { skill, arguments: input } = address.typed;
    return {
      v: 1,
      outcome: 'route',
      stage: 'explicit',
      reason: 'The call names the skill and its input.',
      candidates: [],
      steps: [{ ...skill, input }],
    };
  }
  // A gateway that has just started has not heard yet who is here: a refusal would be for good.
  await parts.models.settled({ deadline, signal: run.patience });
  const model = parts.models.here() ? await modelFor(parts, run) : undefined;
  // It may be a model that is waited for.
  const over = model?.turn === undefined ? undefined : parts.thinking.begin(run.turn.id);
  try {
    return await parts.askRouter(
      { v: 1, ...address, recent: [...recent], ...(model && { model }) },
      { deadline, signal: run.patience, traceparent: traceparent ?? undefined },
    );
  } finally {
    over?.();
  }
}

/** Nothing is done: it is told what would be, and what policy would say of it. */
async function dryRun(parts: CoordinatorParts, run: Run, decision: RouteDecision): Promise<void> {
  const output = rehearse(parts, run, decision);
  const events = [told.routed(decision), told.completed(output.text)] as const;
  await commit(parts, run, { state: 'completed', decision, output, events });
}

/** A plan that would be cut short by a no is not begun. False when it was refused. Throws as checkReferences. */
async function admit(parts: CoordinatorParts, run: Run, steps: readonly PlannedStep[]): Promise<boolean> {
  checkReferences(parts, steps);
  const denied = forecast(parts, run, steps).find(({ policy }) => policy.decision === 'deny');
  if (denied === undefined) return true;
  const error = deniedError(denied.step, denied.policy).toInfo();
  const decided = told.decided(denied, denied.policy, parts.policy.current().revision);
  await commit(parts, run, { state: 'rejected', error, events: [decided, told.over('rejected', error)] });
  return false;
}

/** A model that is there and down might have understood it: that is said, with why it is down. */
function refusalText({ models }: CoordinatorParts, text: string): string {
  if (models.state() !== 'down') return text;
  return `${text} (No language model can be asked now: ${models.problems().join('; ') || 'see the log of the model service'}.)`;
}

/** The plan, or who leads without one; undefined when the turn has ended or asks. */
async function plan(parts: CoordinatorParts, run: Run): Promise<readonly PlannedStep[] | Led | undefined> {
  const decision = await decide(parts, run);
  run.signal.throwIfAborted();
  crashPoint('G4');
  if (run.turn.request.dryRun) {
    await dryRun(parts, run, decision);
    return undefined;
  }
  const routed = told.routed(decision);
  if (decision.outcome === 'refuse') {
    const text = refusalText(parts, decision.text);
    const error = { code: 'not-understood', message: text } as const;
    await commit(parts, run, {
      state: 'rejected',
      decision,
      error,
      output: { text },
      events: [routed, told.over('rejected', error)],
    });
    return undefined;
  }
  if (decision.outcome === 'ask') {
    const question = routingQuestion(decision, parts.settings.questionMs);
    await commit(parts, run, {
      state: 'input-required',
      decision,
      ask: question,
      events: [routed, told.asked(question)],
    });
    return undefined;
  }
  if (decision.outcome === 'drive') {
    const led = { ...decision, agent: leadOf(parts, decision) };
    run.pending = { decision: led, events: [told.routed(led)] };
    run.saidToModel = wordsOf(run.turn, run.answered);
    return led;
  }
  run.pending = { decision, plan: decision.steps, events: [routed] };
  return (await admit(parts, run, decision.steps)) ? decision.steps : undefined;
}

/** What may have been done is not called failed: the person is told, and asked. */
async function setAside(parts: CoordinatorParts, run: Run): Promise<Driven> {
  const row = run.invocations.findLast(({ state, repeat }) => state === 'started' && repeat !== 'safe');
  const planned = row && run.turn.plan?.[row.step - 1];
  if (!planned) {
    throw new SwitchboardError('poison', `It was claimed ${claimsMax} times without progress, and is set aside`);
  }
  const place = { number: row.step, step: { ...planned, input: row.input } };
  const attempted = { place, row, startedAt: row.startedAt, completion: () => undefined };
  await recordOutcome(parts, run, { ...attempted, outcome: { kind: 'unknown' } });
  return { kind: 'over' };
}

/** Throws LostClaim, CancelRequested, SwitchboardError for an end with an error, or anything for another try. */
export async function drive(parts: CoordinatorParts, run: Run): Promise<Driven> {
  crashPoint('G3');
  if (run.turn.attempts > claimsMax) return setAside(parts, run);
  const { decision } = run.turn;
  const planned = decision?.outcome === 'drive' ? decision : (run.turn.plan ?? (await plan(parts, run)));
  if (planned === undefined) return { kind: 'over' };
  if ('outcome' in planned) return lead(parts, run, planned, leadOf(parts, planned));
  return follow(parts, run, planned);
}

/** A plan, step by step. */
async function follow(parts: CoordinatorParts, run: Run, steps: readonly PlannedStep[]): Promise<Driven> {
  const texts: string[] = [];
  for (const [index, planned] of steps.entries()) {
    const number = index + 1;
    const step = await fillStep(parts, run.turn.id, { number, step: planned });
    const completion: Completion = (text, output) => {
      if (index < steps.length - 1) return undefined;
      const whole = [...texts, text].join('\n\n');
      return { state: 'completed', output: { text: whole, data: output }, events: [told.completed(whole)] };
    };
    const end = await doStep(parts, run, { number, step }, completion);
    if (end.kind === 'waits') return { kind: 'waits', agent: end.agent };
    if (end.kind !== 'succeeded') return { kind: 'over' };
    texts.push(end.text);
  }
  return { kind: 'over' };
}
