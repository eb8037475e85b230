// The router's settings.
import { readConfig } from '@switchboard/service';
import { z } from 'zod';

export const routerSettings = z.object({
  NATS_URL: z.url().describe('nats-server 2.10.23 or newer'),
  BUS_SEED: z.string().min(1).describe('NKey seed of the bus user `router`; better given as BUS_SEED_FILE'),
});

/** Throws SettingError. */
export function readRouterConfig(env: Readonly<Record<string, string | undefined>>) {
  return readConfig(routerSettings, env);
}
