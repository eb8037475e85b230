// The deployment that the reference describes: its agents and the skills that each hosts.
import type { Skill } from '@switchboard/contract';
import { browserSkills } from '../../skills/browser.ts';
import { businessSkills } from '../../skills/business.ts';
import { messengerSkills } from '../../skills/messenger.ts';
import { workstationSkills } from '../../skills/workstation.ts';

/** Agent → skills. The names are users of the broker. */
export const deployment: Readonly<Record<string, readonly Skill[]>> = {
  workstation: workstationSkills,
  browser: browserSkills,
  messenger: messengerSkills,
  business: businessSkills,
};
