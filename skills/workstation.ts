// The manifest of the workstation: every skill that it hosts, by name; nothing is found by looking into folders.
import type { Skill } from '@switchboard/contract';
import { filesSkills } from './files/files-skills.ts';
import { memorySkills } from './memory/memory-skills.ts';
import { shellSkills } from './shell/shell-skills.ts';

export const workstationSkills: readonly Skill[] = [...filesSkills, ...shellSkills, ...memorySkills];
