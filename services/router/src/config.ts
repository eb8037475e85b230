// The router's settings.
import { brokerAddress, readConfig } from '@switchboard/service';
import { z } from 'zod';

export const routerSettings = z.object({
  NATS_URL: brokerAddress.describe('nats-server 2.10.23 or newer; all servers of a cluster, with commas'),
  BUS_SEED: z.string().min(1).describe('NKey seed of the bus user `router`; better given as BUS_SEED_FILE'),
});

/** Throws SettingError. */
export function readRouterConfig(env: Readonly<Record<string, string | undefined>>) {
  return readConfig(routerSettings, env);
}
