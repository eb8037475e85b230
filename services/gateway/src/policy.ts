// What may be done without asking: decided by class of effect, never by the text of a message.
import type { EffectClass } from '@switchboard/contract';

/** Commands run in a sandbox that a skill cannot leave, so `execute` is allowed; a skill outside one is not hosted. */
const asked: ReadonlySet<EffectClass> = new Set(['external', 'destructive', 'spend']);

export type Policy = 'allow' | 'ask';

export function policyOf(effects: readonly { readonly class: string }[]): Policy {
  return effects.some((effect) => asked.has(effect.class as EffectClass)) ? 'ask' : 'allow';
}
