// The skills over what is remembered: keeping, finding, forgetting.
import type { Skill } from '@switchboard/contract';
import { contract as forget } from './forget/contract.ts';
import { handler as forgetHandler } from './forget/handler.ts';
import { contract as recall } from './recall/contract.ts';
import { handler as recallHandler } from './recall/handler.ts';
import { contract as recallAll } from './recall-all/contract.ts';
import { handler as recallAllHandler } from './recall-all/handler.ts';
import { contract as remember } from './remember/contract.ts';
import { handler as rememberHandler } from './remember/handler.ts';

export const memorySkills: readonly Skill[] = [
  { contract: remember, handler: rememberHandler },
  { contract: recall, handler: recallHandler },
  { contract: recallAll, handler: recallAllHandler },
  { contract: forget, handler: forgetHandler },
];
