// How an agent puts capabilities into a skill's hands: exactly those that the contract's effects name, and nothing else.
import type { CapabilityEffect, CapabilityName, CapabilityTable } from '@switchboard/contract';

/** One call of a skill, as an adapter sees it. */
export interface CallScope {
  readonly invocationId: string;
  readonly signal: AbortSignal;
  readonly deadline: Date;
}

/** Capability × effect class → what the agent hands out for one call. An agent implements only what its role may do. */
export type CapabilityAdapters = {
  readonly [On in CapabilityName]?: {
    readonly [Class in keyof CapabilityTable[On]]?: (scope: CallScope) => CapabilityTable[On][Class];
  };
};

type Maker = ((scope: CallScope) => object) | undefined;

function makerOf(adapters: CapabilityAdapters, effect: CapabilityEffect): Maker {
  const classes = adapters[effect.on] as Record<string, Maker> | undefined;
  return classes?.[effect.class];
}

/** The effects that this agent has no adapter for: a skill that declares one cannot be hosted here. */
export function missingAdapters(
  effects: readonly CapabilityEffect[],
  adapters: CapabilityAdapters,
): CapabilityEffect[] {
  return effects.filter((effect) => makerOf(adapters, effect) === undefined);
}

/** The part of ctx that effects grant: `{files: {read…, write…}}`, frozen. Throws TypeError for a missing adapter. */
export function grant(
  effects: readonly CapabilityEffect[],
  adapters: CapabilityAdapters,
  scope: CallScope,
): Record<string, object> {
  const granted: Record<string, object> = {};
  for (const effect of effects) {
    const make = makerOf(adapters, effect);
    if (make === undefined) throw new TypeError(`no adapter for ${effect.class} on ${effect.on}`);
    granted[effect.on] = { ...granted[effect.on], ...make(scope) };
  }
  for (const capability of Object.values(granted)) Object.freeze(capability);
  return granted;
}
