// How an agent puts capabilities into a skill's hands: exactly those that the contract's effects name, and nothing else.
import type { CapabilityEffect, CapabilityName, CapabilityTable } from '@switchboard/contract';
import { crashPoint, crashPointArmed } from '@switchboard/service';

/** One call of a skill, as an adapter sees it. */
export interface CallScope {
  readonly invocationId: string;
  /** Whose conversation it belongs to: what an adapter keeps between calls, it keeps by this. */
  readonly session: string;
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

/** For the crash point in mid-effect: the process ends when the first call of a method is under way. */
function dyingInCall(capability: object): object {
  const methods = Object.entries(capability).map(([name, method]) => {
    const dying = (...given: unknown[]): unknown => {
      const result: unknown = Reflect.apply(method, capability, given);
      setImmediate(crashPoint, 'A3');
      return result;
    };
    return [name, dying];
  });
  return Object.fromEntries(methods);
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
    const capability = make(scope);
    const dies = effect.class !== 'read' && crashPointArmed('A3');
    granted[effect.on] = { ...granted[effect.on], ...(dies ? dyingInCall(capability) : capability) };
  }
  for (const capability of Object.values(granted)) Object.freeze(capability);
  return granted;
}
