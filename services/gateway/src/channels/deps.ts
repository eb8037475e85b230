// What messages that come in are taken with.
import type { Bus } from '@switchboard/bus';
import type { Log } from '@switchboard/service';
import type { Store } from '@switchboard/store';
import type { GatewayConfig } from '../config.ts';
import type { Coordinator } from '../coordinator/coordinator.ts';
import type { Feed } from '../feed.ts';
import type { Admit } from '../http/admission.ts';
import type { Relay } from '../relay.ts';
import type { DeliveryWorker } from './deliver.ts';

export interface InboundDeps {
  readonly bus: Bus;
  readonly store: Pick<Store, 'identities' | 'of'>;
  readonly config: GatewayConfig;
  readonly feed: Feed;
  readonly coordinator: Pick<Coordinator, 'wake'>;
  readonly relay: Pick<Relay, 'wake'>;
  readonly deliveries: Pick<DeliveryWorker, 'expect'>;
  readonly admit: Admit;
  readonly log: Log;
  /** Aborted when the process drains: it takes nothing new. */
  readonly stopping: AbortSignal;
}
