// An agent's own look at what the gateway decided: a skill does nothing that the decision does not speak of.
import type { Invoke } from '@switchboard/contract';
import type { HostedSkill } from './hosted-skills.ts';

/** Why this may not be done, in a sentence; undefined when it may. */
export function whyNotPermitted({ policy, approval }: Invoke, { document }: HostedSkill): string | undefined {
  const uncovered = document.effects.find(
    ({ class: effectClass, on }) =>
      !policy.effects.some((decided) => decided.class === effectClass && decided.on === on),
  );
  if (uncovered) return `Nothing was decided about ${uncovered.class} on ${uncovered.on}`;
  if (policy.decision === 'ask' && approval === undefined)
    return `${policy.rule} asks for an approval, and there is none`;
  return undefined;
}
