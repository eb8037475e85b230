// The explicit stage decides: a skill was named, so only its input is in question.
import type { RouteDecision, RouteRequest } from '@switchboard/contract';
import { align, strictRules } from './align.ts';
import { askChoice, askInput, candidate, type Grounds, route } from './answers.ts';
import { readArguments } from './explicit.ts';
import type { Field } from './fields.ts';
import { fillFromSlots, fillLoosely, missingOf } from './fill.ts';
import { looseFit, looseRules } from './loose.ts';
import type { RoutableSkill } from './routable.ts';
import type { Situation } from './situation.ts';
import { coerce, fits } from './values.ts';

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

function decideInput(request: RouteRequest, skill: RoutableSkill, situation: Situation): RouteDecision {
  const { now } = situation.around;
  const grounds = (reason: string): Grounds => ({
    stage: 'explicit',
    reason,
    candidates: [candidate(skill, 1, 'named by its address')],
  });
  const { input, unfit } = takeArguments(skill, request.arguments ?? {}, now);
  const refused = (field: Field, why: string, said: string): RouteDecision =>
    askInput(
      skill,
      field,
      input,
      grounds(`The ${field.label} does not fit: ${why}`),
      `“${said.slice(0, 60)}” does not fit: ${why}. `,
    );
  if (unfit) return refused(unfit.field, unfit.why, unfit.said);

  const { answer } = request;
  const field = answer && skill.fields.find((one) => one.name === answer.field);
  if (answer && field) {
    const read = coerce(answer.text.trim().replace(/^(["“'])(.*)["”']$/s, '$2'), field, now);
    if (!read.ok) return refused(field, read.why, answer.text);
    input[field.name] = read.value;
  } else if (situation.sentence.words.length > 0 && missingOf(skill, input).length > 0) {
    const { input: said, unfit: wrong } = takeArguments(
      skill,
      readRest(skill, input, situation, request.skill === undefined),
      now,
    );
    Object.assign(input, said, { ...input });
    if (wrong) return refused(wrong.field, wrong.why, wrong.said);
  }
  const [missing] = missingOf(skill, input);
  if (missing)
    return askInput(skill, missing, input, grounds(`${skill.name} was named, its ${missing.label} is missing`));
  return route([{ skill, input }], grounds(`${skill.name} was named and its input is complete`));
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
