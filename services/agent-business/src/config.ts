// The business agent's settings.
import { agentSettings } from '@switchboard/agent';
import { readConfig } from '@switchboard/service';
import { z } from 'zod';
import { databaseSettings } from './database/database-settings.ts';
import { erpSettings } from './tryton/erp-settings.ts';

export const businessSettings = z.object({
  ...agentSettings('business'),
  ...erpSettings,
  ...databaseSettings,
  APIS_DIR: z
    .string()
    .min(1)
    .optional()
    .describe('folder with one YAML file for each API that becomes skills; see docs/APIS.md'),
});

export type BusinessConfig = ReturnType<typeof readBusinessConfig>;

/** Throws SettingError. */
export function readBusinessConfig(env: Readonly<Record<string, string | undefined>>) {
  return readConfig(businessSettings, env);
}
