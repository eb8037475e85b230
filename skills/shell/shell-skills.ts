// The skills over the shell.
import type { Skill } from '@switchboard/contract';
import { contract as runCommand } from './run-command/contract.ts';
import { handler as runCommandHandler } from './run-command/handler.ts';
import { contract as runScript } from './run-script/contract.ts';
import { handler as runScriptHandler } from './run-script/handler.ts';

export const shellSkills: readonly Skill[] = [
  { contract: runCommand, handler: runCommandHandler },
  { contract: runScript, handler: runScriptHandler },
];
