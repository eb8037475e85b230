// Migrations: plain SQL files, run as the role that owns everything; never by the gateway.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ownerRole } from './roles.ts';
import { openSql } from './sql.ts';

const folder = fileURLToPath(new URL('../migrations/', import.meta.url));
/** Any number: the same for every migration of this product. */
const migrationLock = 8_420_001;

/** Thrown for a database that a newer program has worked on: this one would misread it. */
export class NewerSchemaError extends Error {
  override readonly name = 'NewerSchemaError';
}

function refuseNewer(applied: ReadonlySet<string>, known: readonly string[]): void {
  const unknown = [...applied].filter((name) => !known.includes(name)).sort();
  if (unknown.length === 0) return;
  throw new NewerSchemaError(
    `the database was made by a newer Switchboard (${unknown.join(', ')} is unknown here): run that one, or restore a backup of this one`,
  );
}

/**
 * Applies the migrations that this database has not seen, in order, each once, whoever else tries at the same time. The
 * user must be a member of the owner's role. Throws NewerSchemaError, with nothing changed, for migrations that it does
 * not know: they only ever go forward.
 */
export async function migrate(url: string): Promise<void> {
  const sql = openSql({ url, connectionsMax: 1 });
  try {
    await sql.begin(async (tx) => {
      await tx`SELECT pg_advisory_xact_lock(${migrationLock})`;
      await tx`SET LOCAL ROLE ${tx(ownerRole)}`;
      await tx`CREATE TABLE IF NOT EXISTS schema_migrations (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())`;
      const applied = new Set(
        (await tx<{ name: string }[]>`SELECT name FROM schema_migrations`).map((row) => row.name),
      );
      const known = readdirSync(folder)
        .filter((file) => file.endsWith('.sql'))
        .sort();
      refuseNewer(applied, known);
      for (const name of known) {
        if (applied.has(name)) continue;
        await tx.unsafe(readFileSync(`${folder}${name}`, 'utf8'));
        await tx`INSERT INTO schema_migrations (name) VALUES (${name})`;
      }
    });
  } finally {
    await sql.end({ timeout: 5 });
  }
}
