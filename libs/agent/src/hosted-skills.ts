// Which skills an agent can offer here, and which it knows but cannot.
import { type CapabilityName, describeContract, type Skill, type SkillDocument } from '@switchboard/contract';
import { type CapabilityAdapters, missingAdapters } from './adapters.ts';

export interface HostedSkill extends Skill {
  readonly document: SkillDocument;
}

export interface Unavailable {
  readonly skill: string;
  readonly why: string;
}

export interface HostedSkills {
  /** Those that can be invoked. */
  readonly byName: ReadonlyMap<string, HostedSkill>;
  /** Of all, so that whoever asks for what cannot be done here is told why. */
  readonly documents: readonly SkillDocument[];
  readonly unavailable: readonly Unavailable[];
}

/** Every skill that acts on a capability that is not there, and why it is not and what gives it. */
export function withoutCapability(skills: readonly Skill[], on: CapabilityName, why: string): Unavailable[] {
  const needing = skills.filter(({ contract }) => contract.effects.some((effect) => effect.on === on));
  return needing.map(({ contract }) => ({ skill: contract.name, why }));
}

/**
 * Does not offer what is named as unavailable and what needs a capability that the agent has no adapter for. Throws
 * TypeError on two skills of one name and on a `reconcilable` one without `reconcile`, ZodError on a broken contract.
 */
export function hostSkills(
  skills: readonly Skill[],
  adapters: CapabilityAdapters,
  known: readonly Unavailable[] = [],
): HostedSkills {
  const names = new Set<string>();
  const byName = new Map<string, HostedSkill>();
  const documents: SkillDocument[] = [];
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
    const document = describeContract(contract);
    documents.push(document);
    if (!unavailable.has(name)) byName.set(name, { contract, handler, document });
  }
  return { byName, documents, unavailable: [...unavailable.values()] };
}
