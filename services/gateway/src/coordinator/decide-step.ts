// What policy says of a step where its turn and session stand: of a plan before it begins, and of each step before it does.
import {
  type Effect,
  type PlannedStep,
  type PolicyDecision,
  SwitchboardError,
  type Trust,
} from '@switchboard/contract';
import type { Directory, OfferedSkill } from '../directory.ts';
import { builtInRules } from '../policy/built-in-rules.ts';
import { needsPerson } from '../policy/chosen-by-model.ts';
import { decide, isGrave } from '../policy/decide.ts';
import type { KeptPolicy } from '../policy/keep-policy.ts';
import { touchesMemory } from './conceal.ts';
import { offered } from './offered.ts';
import type { StepPlace } from './told.ts';

/** What has been done so far that bears on what may still be done. */
export interface Standing {
  /** Text that somebody else wrote has been read in this turn, or in its session since a person last vouched for it. */
  readonly tainted: boolean;
  /** Numbers of the grave steps that have begun. */
  readonly grave: readonly number[];
  /** A step has begun that touches what is remembered for the person. */
  readonly confides?: true;
}

export interface DecidingParts {
  readonly policy: KeptPolicy;
  readonly directory: Directory;
  readonly settings: { readonly stepsMax: number; readonly effectsMax: number };
}

/** Whose turn it is, and where it stands. */
export interface Deciding {
  /** Their name. */
  readonly principal: string;
  readonly standing: Standing;
  /** The only skills that the key it was said with lets run, none when it was revoked; null: every skill. */
  readonly allowedSkills: readonly string[] | null;
  /** Where a model chooses the steps: all that the person has said in the turn. */
  readonly saidToModel?: string | undefined;
}

/** From the start of the step, not from its end: whatever becomes of it, it may have read. */
export function afterStart(
  { tainted, grave, confides }: Standing,
  number: number,
  { effects, ingests }: { readonly effects: readonly Effect[]; readonly ingests: Trust },
): Standing {
  return {
    tainted: tainted || ingests === 'untrusted',
    ...((confides || touchesMemory(effects)) && { confides: true }),
    grave: effects.some(isGrave) && !grave.includes(number) ? [...grave, number] : grave,
  };
}

/** The built-in rule that a step runs into by its place alone. */
function limitOf({ settings }: DecidingParts, { grave }: Standing, number: number, effects: readonly Effect[]) {
  if (number > settings.stepsMax) return builtInRules.stepsMax;
  const others = grave.filter((other) => other !== number).length;
  return effects.some(isGrave) && others >= settings.effectsMax ? builtInRules.effectsMax : undefined;
}

/** Of a step with its whole input. */
export function decideStep(
  parts: DecidingParts,
  { principal, standing, allowedSkills, saidToModel }: Deciding,
  { number, step: { input } }: StepPlace,
  { agent, document: { name, effects } }: OfferedSkill,
): PolicyDecision {
  const trust = standing.tainted ? 'untrusted' : 'trusted';
  const decided = decide(parts.policy.current(), { agent, skill: name, effects, principal, trust });
  // Whatever words the step came from.
  if (allowedSkills?.includes(name) === false) return { ...decided, decision: 'deny', rule: builtInRules.beyondKey };
  if (decided.decision === 'allow' && standing.tainted && saidToModel !== undefined) {
    if (needsPerson(effects, input, saidToModel)) return { ...decided, decision: 'ask', rule: builtInRules.ruleOfTwo };
  }
  const limit = decided.decision === 'deny' ? undefined : limitOf(parts, standing, number, effects);
  return limit === undefined ? decided : { ...decided, decision: 'deny', rule: limit };
}

export interface Forecast {
  /** From 1. */
  readonly number: number;
  readonly step: PlannedStep;
  readonly policy: PolicyDecision;
}

/** What would be decided of each step if all before it were done. Throws `contract-mismatch`. */
export function forecast(
  parts: DecidingParts,
  { principal, standing, allowedSkills }: Deciding,
  steps: readonly PlannedStep[],
): Forecast[] {
  let reached = standing;
  return steps.map((step, index) => {
    const number = index + 1;
    const skill = offered(parts.directory, step);
    const policy = decideStep(parts, { principal, standing: reached, allowedSkills }, { number, step }, skill);
    reached = afterStart(reached, number, skill.document);
    return { number, step, policy };
  });
}

const limits: Readonly<Record<string, string>> = {
  [builtInRules.beyondKey]: 'the key that it was said with is for other skills, or has been revoked',
  [builtInRules.stepsMax]: 'the turn has as many steps as it may',
  [builtInRules.effectsMax]: 'the turn has as many steps as it may that leave the house or cannot be undone',
};

/** For the person. */
export function deniedError(step: PlannedStep, { rule }: PolicyDecision): SwitchboardError {
  const why = limits[rule] ?? `the policy rule ${rule} says no`;
  return new SwitchboardError('policy-denied', `${step.skill} on ${step.agent} was not done: ${why}`);
}
