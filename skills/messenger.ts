// The manifest of the messenger agent: every skill that it hosts, by name; nothing is found by looking into folders.
import type { Skill } from '@switchboard/contract';
import { chatSkills } from './chat/chat-skills.ts';
import { mailSkills } from './mail/mail-skills.ts';
import { notifySkills } from './notify/notify-skills.ts';

export const messengerSkills: readonly Skill[] = [...mailSkills, ...chatSkills, ...notifySkills];
