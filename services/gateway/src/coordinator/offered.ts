// The contract that a step was planned with, as its agent offers it now.
import { type PlannedStep, SwitchboardError } from '@switchboard/contract';
import type { Directory, OfferedSkill } from '../directory.ts';

/** Throws `contract-mismatch` when it is not what the agent offers now, `unavailable` when the agent lacks what it takes. */
export function offered(directory: Directory, step: PlannedStep): OfferedSkill {
  const skill = directory.skill(step.skill);
  if (skill?.agent === step.agent && skill.document.contractHash === step.contractHash) {
    if (skill.unavailable === undefined) return skill;
    throw new SwitchboardError('unavailable', `${skill.document.title} cannot be done here: ${skill.unavailable}`);
  }
  throw new SwitchboardError(
    'contract-mismatch',
    `${step.skill} is not offered any more as it was when it was planned`,
  );
}
