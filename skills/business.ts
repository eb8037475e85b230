// The manifest of the business agent: every skill that it hosts, by name; nothing is found by looking into folders.
import type { Skill } from '@switchboard/contract';

export const businessSkills: readonly Skill[] = [];
