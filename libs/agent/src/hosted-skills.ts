// Which skills an agent can offer here, and which it knows but cannot.
import { describeContract, type Skill, type SkillDocument } from '@switchboard/contract';
import { type CapabilityAdapters, missingAdapters } from './adapters.ts';

export interface HostedSkill extends Skill {
  readonly document: SkillDocument;
}

export interface Unavailable {
  readonly skill: string;
  readonly why: string;
}

export interface HostedSkills {
  readonly byName: ReadonlyMap<string, HostedSkill>;
  readonly unavailable: readonly Unavailable[];
}

/**
 * Leaves out what is named as unavailable and what needs a capability that the agent has no adapter for. Throws
 * TypeError on two skills of one name and on a `reconcilable` one without `reconcile`, ZodError on a broken contract.
 */
export function hostSkills(
  skills: readonly Skill[],
  adapters: CapabilityAdapters,
  known: readonly Unavailable[] = [],
): HostedSkills {
  const names = new Set<string>();
  const byName = new Map<string, HostedSkill>();
  const unavailable = new Map(known.map((one) => [one.skill, one]));
  for (const { contract, handler } of skills) {
    const { name } = contract;
    if (names.has(name)) throw new TypeError(`two skills are named ${name}`);
    names.add(name);
    if (contract.repeat === 'reconcilable' && handler.reconcile === undefined) {
      throw new TypeError(`${name} is reconcilable and has no reconcile`);
    }
    const missing = missingAdapters(contract.effects, adapters).map((effect) => `${effect.class} on ${effect.on}`);
    if (missing.length > 0 && !unavailable.has(name)) {
      unavailable.set(name, { skill: name, why: `this agent has no ${missing.join(', ')}` });
    }
    if (!unavailable.has(name)) byName.set(name, { contract, handler, document: describeContract(contract) });
  }
  return { byName, unavailable: [...unavailable.values()] };
}
