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

export type Call = Extract<NextReply, { kind: 'call' }>;

export type Gated =
  | { readonly step: PlannedStep; readonly filled: PlannedStep }
  | { readonly why: string; readonly events: readonly NewEvent[]; readonly repeated: boolean };

/** A look may be taken twice, because the world may have changed in between; a deed is done once. */
function repeats(run: Run, filled: PlannedStep, effects: readonly Effect[]): number | undefined {
  const hash = approvalHash(filled);
  const same = run.invocations.filter((row) => approvalHash(row) === hash && settledAttempt([row], row.step));
  const [first] = same;
  if (first === undefined) return undefined;
  const acts = effects.some(({ class: effectClass }) => effectClass !== 'read');
  const last = run.invocations.at(-1);
  return acts || same.length > 1 || last === same.at(-1) ? first.step : undefined;
}

/** `number` is the step that it would become. Throws what the store throws. */
export async function gate(
  parts: CoordinatorParts,
  run: Run,
  offered: readonly OfferedSkill[],
  call: Call,
  number: number,
): Promise<Gated> {
  const no = (why: string, events: readonly NewEvent[] = [], repeated = false): Gated => ({ why, events, repeated });
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
