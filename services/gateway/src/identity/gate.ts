// Who is let in: the store that knows the callers, and what is counted of their calls.
import type { Log } from '@switchboard/service';
import type { Store } from '@switchboard/store';
import type { GatewayConfig } from '../config.ts';
import { createKeyWatch, type KeyWatch } from './key-watch.ts';
import { createLockout, type Lockout } from './lockout.ts';
import { createRequestLimit, type LimitRequests } from './request-limit.ts';

export interface Gate {
  readonly callers: Pick<Store, 'keys' | 'principals' | 'identities' | 'audit' | 'of'>;
  readonly lockout: Lockout;
  readonly limitRequests: LimitRequests;
  readonly watchKey: KeyWatch;
}

export function createGate(store: Store, config: GatewayConfig, log: Log): Gate {
  return {
    callers: store,
    lockout: createLockout(config.WRONG_KEYS_PER_MINUTE_MAX),
    limitRequests: createRequestLimit(config.REQUESTS_PER_MINUTE_MAX),
    watchKey: createKeyWatch(store.keys, log),
  };
}
