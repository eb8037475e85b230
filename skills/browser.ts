// The manifest of the browser agent: every skill that it hosts, by name; nothing is found by looking into folders.
import type { Skill } from '@switchboard/contract';
import { webSkills } from './web/web-skills.ts';

export const browserSkills: readonly Skill[] = webSkills;
