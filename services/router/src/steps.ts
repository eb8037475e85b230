// The steps of a decision, and what one gives another: in an input, a gift stands in the place of a value.
import { type EffectClass, mapReferences, type PlannedStep } from '@switchboard/contract';
import { graver, type RoutableSkill } from './routable.ts';

export type Input = Readonly<Record<string, unknown>>;

export interface Step {
  readonly skill: RoutableSkill;
  readonly input: Input;
}

/** What another step will have given, in one field of its output. */
export class Gift {
  readonly step: Step;
  readonly field: string;
  /** How specific the words are that ask for it, as the score of a pattern. */
  readonly score: number;
  /** What speaks for it. */
  readonly why: string;

  constructor(step: Step, field: string, score: number, why: string) {
    this.step = step;
    this.field = field;
    this.score = score;
    this.why = why;
  }
}

/** The gifts of an input, also those in its lists. */
export function giftsIn(input: Input): Gift[] {
  return Object.values(input)
    .flat()
    .filter((value) => value instanceof Gift);
}

/** The gravest thing that a step and those that give to it may do. */
export function gravestEffect({ skill, input }: Step): EffectClass {
  return giftsIn(input).reduce((effect, { step }) => graver(effect, gravestEffect(step)), skill.effect);
}

/** Whether nothing is missing that must be there, also in what is given. */
export function isComplete({ skill, input }: Step): boolean {
  const lacks = skill.fields.some((field) => field.required && input[field.name] === undefined);
  return !lacks && giftsIn(input).every((gift) => isComplete(gift.step));
}

/** Every step once, those that give before those that take. */
export function inOrder(steps: readonly Step[]): Step[] {
  const ordered = new Set<Step>();
  const place = (step: Step): void => {
    for (const gift of giftsIn(step.input)) place(gift.step);
    ordered.add(step);
  };
  steps.forEach(place);
  return [...ordered];
}

function referring(value: unknown, ordered: readonly Step[]): unknown {
  if (Array.isArray(value)) return value.map((item) => referring(item, ordered));
  if (!(value instanceof Gift)) return value;
  return { $from: { step: ordered.indexOf(value.step) + 1, field: value.field } };
}

/** The input of one of the steps in order, as the contract has it: with references for gifts. */
export function plannedInput({ input }: Step, ordered: readonly Step[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(input).map(([field, value]) => [field, referring(value, ordered)]));
}

export function plannedStep(step: Step, ordered: readonly Step[]): PlannedStep {
  const { agent, name, document } = step.skill;
  return { agent, skill: name, contractHash: document.contractHash, input: plannedInput(step, ordered) };
}

/** An input of a plan again as it was thought of: with gifts of the steps before it for references. */
export function withGifts(input: Input, before: readonly Step[]): Record<string, unknown> {
  return mapReferences(input, (source) => {
    const step = before[source.step - 1];
    return step === undefined ? { $from: source } : new Gift(step, source.field, 0, 'as it was planned');
  });
}
