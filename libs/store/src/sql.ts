// One pool of connections, with a limit on every wait: a call that does not settle means that the process must go.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import postgres from 'postgres';

/** What statements are written with: a pool, or one transaction. */
export type Sql = postgres.ISql<{ bigint: number }>;
export type Pool = postgres.Sql<{ bigint: number }>;

export interface StoreOptions {
  readonly url: string;
  readonly connectionsMax?: number;
  /** Told when a call has not settled for `unsettledMs`: the driver can lose a call when the server goes away. */
  readonly onUnsettled?: (what: string) => void;
  readonly unsettledMs?: number;
}

/** `durable: false`: a commit does not wait for the disk; only for what can be made again from the rest. */
export function openSql(options: StoreOptions & { readonly durable?: boolean }): Pool {
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

const folder = fileURLToPath(new URL('../migrations/', import.meta.url));
/** Any number: the same for every migration of this product. */
const migrationLock = 8_420_001;

/** Applies the migrations that this database has not seen, in order, each once, whoever else tries at the same time. */
export async function migrate(url: string): Promise<void> {
  const sql = openSql({ url, connectionsMax: 1 });
  try {
    await sql.begin(async (tx) => {
      await tx`SELECT pg_advisory_xact_lock(${migrationLock})`;
      await tx`CREATE TABLE IF NOT EXISTS schema_migrations (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())`;
      const applied = new Set(
        (await tx<{ name: string }[]>`SELECT name FROM schema_migrations`).map((row) => row.name),
      );
      for (const name of readdirSync(folder)
        .filter((file) => file.endsWith('.sql'))
        .sort()) {
        if (applied.has(name)) continue;
        await tx.unsafe(readFileSync(`${folder}${name}`, 'utf8'));
        await tx`INSERT INTO schema_migrations (name) VALUES (${name})`;
      }
    });
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** Waits for a call, and reports one that does not settle. */
export type Guard = <T>(what: string, call: Promise<T>) => Promise<T>;

export function createGuard(options: StoreOptions): Guard {
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
