// The workstation's settings.
import { agentSettings } from '@switchboard/agent';
import { readConfig } from '@switchboard/service';
import { z } from 'zod';
import { sandboxKinds } from './shell/sandbox.ts';

export const workstationSettings = z.object({
  ...agentSettings('workstation'),
  WORKSPACE: z.string().min(1).describe('the folder that it works in, and nothing outside it'),
  SANDBOX: z
    .enum(['auto', ...sandboxKinds])
    .default('auto')
    .describe('what commands run in; `auto` takes the first that holds here, and without one there are no commands'),
});

export type WorkstationConfig = ReturnType<typeof readWorkstationConfig>;

/** Throws SettingError. */
export function readWorkstationConfig(env: Readonly<Record<string, string | undefined>>) {
  return readConfig(workstationSettings, env);
}
