// What the HTTP handlers work with.
import type { Bus } from '@switchboard/bus';
import type { Log, Metrics } from '@switchboard/service';
import type { Store, Work } from '@switchboard/store';
import type { AskRouter } from '../ask-router.ts';
import type { GatewayConfig } from '../config.ts';
import type { Coordinator } from '../coordinator/coordinator.ts';
import type { Directory } from '../directory.ts';
import type { Feed } from '../feed.ts';
import type { Gate } from '../identity/gate.ts';
import type { ModelsHere } from '../models/models-here.ts';
import type { KeptPolicy } from '../policy/keep-policy.ts';
import type { Relay } from '../relay.ts';
import type { Admit } from './admission.ts';

/** Nothing here reads or changes what belongs to somebody: that is reached through the caller. */
export interface HttpDeps {
  readonly database: Pick<Store, 'ping' | 'audit'> & Pick<Work, 'deliveries' | 'usage'>;
  readonly bus: Bus;
  readonly directory: Directory;
  readonly policy: KeptPolicy;
  readonly models: ModelsHere;
  readonly askRouter: AskRouter;
  readonly coordinator: Coordinator;
  readonly relay: Relay;
  readonly feed: Feed;
  readonly admit: Admit;
  readonly watchKey: Gate['watchKey'];
  readonly config: GatewayConfig;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Aborted when the process drains: it takes nothing new. */
  readonly stopping: AbortSignal;
}

export interface AppDeps extends HttpDeps, Gate {}
