// The settings of each service of this deployment, from the schema that reads them.
import { browserSettings } from '../../services/agent-browser/src/config.ts';
import { businessSettings } from '../../services/agent-business/src/config.ts';
import { messengerSettings } from '../../services/agent-messenger/src/config.ts';
import { workstationSettings } from '../../services/agent-workstation/src/config.ts';
import { gatewaySettings } from '../../services/gateway/src/config.ts';
import { modelSettings } from '../../services/model/src/config.ts';
import { routerSettings } from '../../services/router/src/config.ts';

export const serviceSettings = {
  gateway: gatewaySettings,
  router: routerSettings,
  model: modelSettings,
  workstation: workstationSettings,
  browser: browserSettings,
  messenger: messengerSettings,
  business: businessSettings,
} as const;

export type ServiceName = keyof typeof serviceSettings;
