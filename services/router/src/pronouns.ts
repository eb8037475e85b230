// "Delete it": which value of an earlier step is meant.
import type { Field, FieldKind } from './fields.ts';
import { Gift, type Step } from './steps.ts';
import { fits } from './values.ts';

/** What was done before, newest first, with the fields of the skill that did it. */
export interface Earlier {
  readonly fields: readonly Field[];
  readonly input: Readonly<Record<string, unknown>>;
  /** As a step of the same plan: what it gives can still be taken. */
  readonly step?: Step;
}

const pronouns = new Set(['it', 'that', 'this', 'them', 'those', 'these', 'there', 'same', 'him', 'her']);
const around = new Set(
  'the a one ones thing again file files folder document note mail email message page task event too same last previous'.split(
    ' ',
  ),
);

/** True when the words say nothing but "that thing from before". */
export function isPronoun(norms: readonly string[]): boolean {
  return (
    norms.length > 0 &&
    norms.length <= 4 &&
    norms.some((norm) => pronouns.has(norm)) &&
    norms.every((norm) => pronouns.has(norm) || around.has(norm))
  );
}

const vague = new Set(
  'everything anything something nothing stuff all whatever a an the this that these those my our your his her their some any of for in on at to from with me us it them one ones thing things new old please'.split(
    ' ',
  ),
);

const alike: readonly (readonly FieldKind[])[] = [
  ['path'],
  ['url'],
  ['email'],
  ['name', 'query', 'enum'],
  ['integer', 'number'],
  ['text'],
];

/** After a move the thing is where it was moved to. */
const places = /^(to|destination|target|new path|dest)$/;

/** Whether a value of one kind of field may be meant by a pronoun in another. */
function related(wanted: Field, had: Field): boolean {
  if (wanted.name === had.name && wanted.kind === had.kind) return true;
  const group = alike.find((kinds) => kinds.includes(wanted.kind));
  return wanted.kind !== 'text' && wanted.kind !== 'query' && group?.includes(had.kind) === true;
}

/** The newest value that the pronoun may stand for, or undefined. */
export function referent(field: Field, earlier: readonly Earlier[]): unknown {
  for (const { fields, input } of earlier) {
    const candidates = fields.filter((had) => related(field, had) && input[had.name] !== undefined);
    const chosen =
      candidates.find((had) => had.kind === 'path' && places.test(had.label)) ??
      candidates.find((had) => had.name === field.name) ??
      candidates[0];
    const value = chosen && input[chosen.name];
    if (value !== undefined && fits(value, field)) return value;
  }
  return undefined;
}

/** A clear lead over skills that can make nothing of the word. */
const namedScore = 0.5;

/** What the newest step of the same plan that gives anything will have given. */
export function giftBefore(earlier: readonly Earlier[]): Gift | undefined {
  for (const { step } of earlier) {
    if (step?.skill.gives !== undefined)
      return new Gift(step, step.skill.gives, namedScore, `${step.skill.name} comes before it`);
  }
  return undefined;
}

/** True when none of the words is a value: only words such as `the`, or words that name the kind of thing. */
export function saysNothing(
  stems: readonly { readonly norm: string; readonly stem: string }[],
  own: ReadonlySet<string>,
): boolean {
  return stems.every(({ norm, stem }) => vague.has(norm) || own.has(stem));
}
