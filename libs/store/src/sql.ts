// One pool of connections, with a limit on every wait: a call that does not settle means that the process must go.
import postgres from 'postgres';

/** What statements are written with: a pool, or one transaction. */
export type Sql = postgres.ISql<{ bigint: number }>;
export type Pool = postgres.Sql<{ bigint: number }>;

export interface PoolOptions {
  readonly url: string;
  /** Default 10. */
  readonly connectionsMax?: number;
  /** Told when a call has not settled for `unsettledMs`: the driver can lose a call when the server goes away. */
  readonly onUnsettled?: (what: string) => void;
  readonly unsettledMs?: number;
}

/** `durable: false`: a commit does not wait for the disk; only for what can be made again from the rest. */
export function openSql(options: PoolOptions & { readonly durable?: boolean }): Pool {
  return postgres(options.url, {
    max: options.connectionsMax ?? 10,
    connect_timeout: 5,
    // Seconds; the driver's own back-off waits up to 20, and a database that is back should be used at once.
    backoff: (attempt) => Math.min(0.1 * 2 ** attempt, 1),
    idle_timeout: 0,
    max_lifetime: null,
    onnotice: () => {},
    // Columns only: the keys inside stored JSON are other people's.
    transform: { column: { from: postgres.toCamel } },
    connection: {
      application_name: 'switchboard',
      statement_timeout: 10_000,
      // Every statement here is looked up by key: planning it anew each time costs more than running it.
      plan_cache_mode: 'force_generic_plan',
      jit: 'off',
      ...(options.durable === false && { synchronous_commit: 'off' }),
    },
    types: { bigint: { to: 20, from: [20], parse: Number, serialize: String } },
  });
}

/** Waits for a call, and reports one that does not settle. */
export type Guard = <T>(what: string, call: Promise<T>) => Promise<T>;

export function createGuard(options: PoolOptions): Guard {
  const limit = options.unsettledMs ?? 15_000;
  return async (what, call) => {
    const timer = setTimeout(() => options.onUnsettled?.(what), limit);
    try {
      return await call;
    } finally {
      clearTimeout(timer);
    }
  };
}
