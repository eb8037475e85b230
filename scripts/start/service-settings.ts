// The settings of each service of this deployment, from the schema that reads them.
import { workstationSettings } from '../../services/agent-workstation/src/config.ts';
import { gatewaySettings } from '../../services/gateway/src/config.ts';
import { routerSettings } from '../../services/router/src/config.ts';

export const serviceSettings = {
  gateway: gatewaySettings,
  router: routerSettings,
  workstation: workstationSettings,
} as const;

export type ServiceName = keyof typeof serviceSettings;
