// The manifest of the business agent: every skill that it hosts, by name; nothing is found by looking into folders.
import type { Skill } from '@switchboard/contract';
import { databaseSkills } from './database/database-skills.ts';
import { recordsSkills } from './records/records-skills.ts';

export { databaseSkills, recordsSkills };

export const businessSkills: readonly Skill[] = [...recordsSkills, ...databaseSkills];
