// The manifest of the business agent: every skill that it hosts, by name; nothing is found by looking into folders.
import type { Skill } from '@switchboard/contract';
import { recordsSkills } from './records/records-skills.ts';

export { recordsSkills };

export const businessSkills: readonly Skill[] = [...recordsSkills];
