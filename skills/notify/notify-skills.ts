// The skills that notify.
import type { Skill } from '@switchboard/contract';
import { contract as notify } from './notify/contract.ts';
import { handler as notifyHandler } from './notify/handler.ts';

export const notifySkills: readonly Skill[] = [{ contract: notify, handler: notifyHandler }];
