// Whether what a model wants done may become a step of its turn: what stands in the way is told to the model, not to the turn.
import { type Effect, type NextReply, type PlannedStep, SwitchboardError } from '@switchboard/contract';
import type { NewEvent } from '@switchboard/store';
import { decideStep, deniedError } from '../coordinator/decide-step.ts';
import { checkReferences, fillStep } from '../coordinator/fill-step.ts';
import { approvalHash } from '../coordinator/questions.ts';
import type { CoordinatorParts, Run } from '../coordinator/run.ts';
import { told } from '../coordinator/told.ts';
import type { OfferedSkill } from '../directory.ts';
import { settledAttempt } from './observe.ts';

/** Of what a model is told of a call that was not done. */
export const whyMax = 2_000;

export type Call = Extract<NextReply, { kind: 'call' }>;

export type Gated =
  | { readonly step: PlannedStep; readonly filled: PlannedStep }
  | { readonly why: string; readonly events: readonly NewEvent[]; readonly repeated: boolean };

/** Fails just so, and is tried again. */
const triesMax = 3;
/** Looks and runs code just so, with nothing changed in between. */
const looksMax = 2;

const changes = (effects: readonly Effect[]): boolean =>
  effects.some(({ class: effectClass }) => effectClass !== 'read');
const isDeed = ({ class: effectClass }: Effect): boolean => effectClass !== 'read' && effectClass !== 'execute';

/**
 * The step that did just this before, where once was enough: a deed is done once; a look, and a command, may be wanted
 * again once something has changed.
 */
function repeats(run: Run, filled: PlannedStep, effects: readonly Effect[]): number | undefined {
  const hash = approvalHash(filled);
  const settled = run.invocations.filter((row) => settledAttempt([row], row.step));
  const same = settled.filter((row) => approvalHash(row) === hash);
  const last = same.at(-1);
  if (last === undefined) return undefined;
  const succeeded = same.filter(({ state }) => state === 'succeeded');
  if (same.length - succeeded.length >= triesMax) return last.step;
  if (succeeded.length === 0) return undefined;
  if (effects.some(isDeed)) return last.step;
  const since = settled.slice(settled.indexOf(last) + 1);
  if (since.some((row) => row.state === 'succeeded' && changes(row.effects))) return undefined;
  return since.length === 0 || succeeded.length >= looksMax ? last.step : undefined;
}

/** `number` is the step that it would become. Throws what the store throws. */
export async function gate(
  parts: CoordinatorParts,
  run: Run,
  offered: readonly OfferedSkill[],
  call: Call,
  number: number,
): Promise<Gated> {
  const no = (why: string, events: readonly NewEvent[] = [], repeated = false): Gated => ({
    why: why.slice(0, whyMax).toWellFormed(),
    events,
    repeated,
  });
  const skill = offered.find(({ agent, document }) => agent === call.agent && document.name === call.skill);
  if (skill === undefined) return no(`${call.skill} is not among the skills of this turn`);
  const { document } = skill;
  const step = { agent: skill.agent, skill: document.name, contractHash: document.contractHash, input: call.input };
  let filled: PlannedStep;
  try {
    checkReferences(parts, [...run.steps, step]);
    filled = await fillStep(parts, run.turn.id, { number, step });
  } catch (error) {
    if (error instanceof SwitchboardError) return no(error.message);
    throw error;
  }
  const misfit = parts.check(skill, 'input', filled.input);
  if (misfit !== undefined) return no(`The input does not fit: ${misfit}`);
  const repeated = repeats(run, filled, document.effects);
  if (repeated !== undefined) return no(`This very call was step ${repeated}: use what came of it`, [], true);
  const policy = decideStep(parts, run, { number, step: filled }, skill);
  if (policy.decision === 'deny') {
    const decided = told.decided({ number, step }, policy, parts.policy.current().revision);
    return no(deniedError(step, policy).message, [decided]);
  }
  return { step, filled };
}
