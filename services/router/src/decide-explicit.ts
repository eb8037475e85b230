// The explicit stage decides: a skill was named, so only its input is in question.
import type { PlannedStep, RouteDecision, RouteRequest } from '@switchboard/contract';
import { align, strictRules } from './align.ts';
import { askChoice, askInput, candidate, type Grounds, refuse, routeOrAsk } from './answers.ts';
import { readArguments } from './explicit.ts';
import { type Field, takesArtifact } from './fields.ts';
import { fillFromSlots, fillLoosely, missingOf } from './fill.ts';
import { looseFit, looseRules } from './loose.ts';
import { readSlot, type Surroundings } from './read-slot.ts';
import type { RoutableSkill } from './routable.ts';
import { readSentence } from './sentence.ts';
import type { Situation } from './situation.ts';
import { type Step, withGifts } from './steps.ts';
import { type Coerced, coerce, fits } from './values.ts';

type Input = Record<string, unknown>;

interface Unfit {
  readonly field: Field;
  readonly why: string;
  readonly said: string;
}

/** Values from a program are taken as they are when they fit; a text is read as a person's when it does not. */
function takeArguments(
  skill: RoutableSkill,
  given: Readonly<Input>,
  now: Date | undefined,
): { input: Input; unfit?: Unfit } {
  const input: Input = {};
  for (const [name, value] of Object.entries(given)) {
    const field = skill.fields.find((one) => one.name === name);
    if (field === undefined || fits(value, field)) {
      input[name] = value;
      continue;
    }
    const said = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
    const read =
      typeof value === 'object' ? ({ ok: false, why: 'it has the wrong type' } as const) : coerce(said, field, now);
    if (!read.ok) return { input, unfit: { field, why: read.why, said } };
    input[name] = read.value;
  }
  return { input };
}

/**
 * What the words after the address say: arguments, a pattern, or the one thing that is missing. Where a caller named the
 * skill, the words are a whole sentence and not the rest of a command: only what is plainly a value is taken from them.
 */
function readRest(
  skill: RoutableSkill,
  given: Readonly<Input>,
  { sentence, around }: Situation,
  typed: boolean,
): Input {
  const rest = sentence.text.trim();
  const written = readArguments(rest, skill);
  if (written !== undefined) return written;
  const whole = skill.patterns.flatMap((pattern) => {
    const alignment = align(pattern, sentence, strictRules);
    const filled = alignment && fillFromSlots(skill, sentence, alignment, around);
    return alignment === undefined || filled === undefined || filled.implausible
      ? []
      : [{ score: alignment.score, filled }];
  });
  const best = whole.sort((a, b) => a.filled.missing.length - b.filled.missing.length || b.score - a.score)[0];
  if (best !== undefined && Object.keys(best.filled.input).length > 0) return { ...best.filled.input };
  const open = missingOf(skill, given);
  const [only] = open;
  if (typed && only !== undefined && open.length === 1) {
    const read = coerce(
      sentence.words.length === 1 && sentence.words[0]?.quoted ? rest.slice(1, -1) : rest,
      only,
      around.now,
    );
    if (read.ok) return { [only.name]: read.value };
  }
  const fit = looseFit(
    skill,
    sentence,
    looseRules(() => 0.7),
  );
  return { ...fillLoosely(skill, sentence, fit?.alignment, around).input };
}

/** What a person answered, as the value of the field that they were asked about. */
function readAnswer(text: string, skill: RoutableSkill, field: Field, around: Surroundings): Coerced {
  const said = coerce(text.trim().replace(/^(["“'])(.*)["”']$/s, '$2'), field, around.now);
  if (!takesArtifact(field)) return said;
  const sentence = readSentence(text);
  const read = readSlot(skill, field, sentence, 0, sentence.words.length, around);
  return typeof read === 'string' ? said : { ok: true, value: read.value };
}

/** Steps of a plan that was told in a question; undefined when one of their skills is not what it was. */
function recall(
  planned: readonly PlannedStep[],
  skills: readonly RoutableSkill[],
  before: readonly Step[],
): Step[] | undefined {
  const steps = [...before];
  for (const { agent, skill: name, contractHash, input } of planned) {
    const skill = skills.find(
      (one) => one.agent === agent && one.document.contractHash === contractHash && one.name === name,
    );
    if (skill === undefined) return undefined;
    steps.push({ skill, input: withGifts(input, steps) });
  }
  return steps;
}

interface Told {
  readonly input: Input;
  readonly unfit?: Unfit;
}

/** The whole input: what is given, what was answered, and what the words say besides. */
function readInput(request: RouteRequest, skill: RoutableSkill, given: Input, situation: Situation): Told {
  const { around } = situation;
  const { input, unfit } = takeArguments(skill, given, around.now);
  if (unfit) return { input, unfit };
  const { answer } = request;
  const field = answer && skill.fields.find((one) => one.name === answer.field);
  if (answer && field) {
    const read = readAnswer(answer.text, skill, field, around);
    if (!read.ok) return { input, unfit: { field, why: read.why, said: answer.text } };
    return { input: { ...input, [field.name]: read.value } };
  }
  // What was said of a whole plan has been read when the plan was made.
  if (request.rest || situation.sentence.words.length === 0 || missingOf(skill, input).length === 0) return { input };
  const read = readRest(skill, input, situation, request.skill === undefined);
  const said = takeArguments(skill, read, around.now);
  return { input: { ...said.input, ...input }, ...(said.unfit && { unfit: said.unfit }) };
}

function decideInput(request: RouteRequest, skill: RoutableSkill, situation: Situation): RouteDecision {
  const { skills } = situation.index;
  const grounds = (reason: string): Grounds => ({
    stage: 'explicit',
    reason,
    candidates: [candidate(skill, 1, 'named by its address')],
  });
  const gone = (): RouteDecision =>
    refuse('What was planned is not offered any more as it was. Say it again.', [], grounds('A contract has changed'));
  const before = recall(request.rest?.before ?? [], skills, []);
  if (before === undefined) return gone();
  const given = request.rest ? withGifts(request.arguments ?? {}, before) : (request.arguments ?? {});
  const { input, unfit } = readInput(request, skill, given, situation);
  const step = { skill, input };
  const steps = recall(request.rest?.after ?? [], skills, [...before, step]);
  if (steps === undefined) return gone();
  if (unfit) {
    const { field, why, said } = unfit;
    const problem = `“${said.slice(0, 60)}” does not fit: ${why}. `;
    return askInput(steps, step, field, grounds(`The ${field.label} does not fit: ${why}`), problem);
  }
  return routeOrAsk(steps, grounds(`${skill.name} was named and its input is complete`), ({ name }, { label }) =>
    grounds(`${name} was named, its ${label} is missing`),
  );
}

/** Routes to the skill that was named, or asks for what its input lacks, or which agent's skill of that name is meant. */
export function decideExplicit(
  request: RouteRequest,
  skills: readonly RoutableSkill[],
  situation: Situation,
): RouteDecision {
  const [skill, ...others] = skills;
  if (skill !== undefined && others.length === 0) return decideInput(request, skill, situation);
  const candidates = skills.map((one) => candidate(one, 0.5, `a skill of this name at ${one.agent}`));
  const options = skills.map((one) => ({ skill: one, input: request.arguments ?? {} }));
  return askChoice(options, { stage: 'explicit', reason: 'More than one agent has a skill of this name', candidates });
}
