// The workstation's settings.
import { readConfig } from '@switchboard/service';
import { z } from 'zod';
import { sandboxKinds } from './shell/sandbox.ts';

export const workstationSettings = z.object({
  NATS_URL: z.url().describe('nats-server 2.10.23 or newer'),
  BUS_SEED: z.string().min(1).describe('NKey seed of the bus user `workstation`; better given as BUS_SEED_FILE'),
  GATEWAY_PUBLIC_KEY: z
    .string()
    .min(1)
    .describe('Ed25519 public key (PEM) of the gateway; better given as GATEWAY_PUBLIC_KEY_FILE'),
  DATA_DIR: z.string().min(1).describe('folder of the ledger and the artifacts; of this agent alone'),
  WORKSPACE: z.string().min(1).describe('the folder that it works in, and nothing outside it'),
  SANDBOX: z
    .enum(['auto', ...sandboxKinds])
    .default('auto')
    .describe('what commands run in; `auto` takes the first that holds here, and without one there are no commands'),
  CONCURRENCY: z.coerce.number().int().min(1).max(64).default(8).describe('invocations that run at a time'),
});

export type WorkstationConfig = ReturnType<typeof readWorkstationConfig>;

/** Throws SettingError. */
export function readWorkstationConfig(env: Readonly<Record<string, string | undefined>>) {
  return readConfig(workstationSettings, env);
}
