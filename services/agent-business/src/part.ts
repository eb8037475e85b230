// One part of the business agent: what it can do, with the skills that need it and those that it cannot offer here.
import type { CapabilityAdapters, Unavailable } from '@switchboard/agent';
import type { Skill } from '@switchboard/contract';

export interface BusinessPart {
  readonly skills: readonly Skill[];
  readonly adapters: CapabilityAdapters;
  readonly unavailable: readonly Unavailable[];
}

/** All parts as one; of two adapters for one capability the later counts. */
export function together(parts: readonly BusinessPart[]): BusinessPart {
  return {
    skills: parts.flatMap(({ skills }) => skills),
    adapters: Object.assign({}, ...parts.map(({ adapters }) => adapters)),
    unavailable: parts.flatMap(({ unavailable }) => unavailable),
  };
}
