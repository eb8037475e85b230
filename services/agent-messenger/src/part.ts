// One part of the messenger: what it can do, by which ways messages come in through it, and what it cannot offer here.
import type { CapabilityAdapters, Channel, Unavailable } from '@switchboard/agent';

export interface MessengerPart {
  readonly adapters: CapabilityAdapters;
  readonly unavailable: readonly Unavailable[];
  readonly channels: readonly Channel[];
}

/** All parts as one. */
export function together(parts: readonly MessengerPart[]): MessengerPart {
  return {
    adapters: Object.assign({}, ...parts.map(({ adapters }) => adapters)),
    unavailable: parts.flatMap(({ unavailable }) => unavailable),
    channels: parts.flatMap(({ channels }) => channels),
  };
}
