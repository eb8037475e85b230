// Principals: people and services, of whom everything else is.
import { appendAudit } from './audit.ts';
import type { Guard, Pool, Sql } from './sql.ts';
import { inTransaction } from './transaction.ts';

export interface PrincipalRow {
  readonly id: string;
  readonly name: string;
  readonly kind: 'person' | 'service';
  readonly createdAt: Date;
  readonly disabledAt: Date | null;
}

export interface Principals {
  /** Undefined when the name is taken. */
  make(principal: Pick<PrincipalRow, 'id' | 'name' | 'kind'>, actor: string): Promise<PrincipalRow | undefined>;
  /** Newest first. */
  list(limit: number, before?: string): Promise<PrincipalRow[]>;
  /** Undefined when there is none. Doing it again changes nothing. */
  setDisabled(id: string, disabled: boolean, actor: string): Promise<PrincipalRow | undefined>;
}

const columns = (sql: Sql) => sql`id, name, kind, created_at, disabled_at`;

export function createPrincipals(pool: Pool, guard: Guard): Principals {
  const before = (id: string | undefined) =>
    id === undefined ? pool`` : pool`WHERE (created_at, id) < (SELECT created_at, id FROM principals WHERE id = ${id})`;
  return {
    make: ({ id, name, kind }, actor) =>
      guard(
        'principal',
        inTransaction(pool, async (sql) => {
          const [row] = await sql<PrincipalRow[]>`
            INSERT INTO principals (id, name, kind) VALUES (${id}, ${name}, ${kind})
            ON CONFLICT (name) DO NOTHING RETURNING ${columns(sql)}`;
          if (row) await appendAudit(sql, { actor, action: 'principal-made', subject: id, data: { name, kind } });
          return row;
        }),
      ),
    list: (limit, last) =>
      guard(
        'principals',
        pool<PrincipalRow[]>`
        SELECT ${columns(pool)} FROM principals ${before(last)} ORDER BY created_at DESC, id DESC LIMIT ${limit}`,
      ),
    setDisabled: (id, disabled, actor) =>
      guard(
        'principal',
        inTransaction(pool, async (sql) => {
          const [changed] = await sql<PrincipalRow[]>`
            UPDATE principals SET disabled_at = ${disabled ? sql`now()` : null}
            WHERE id = ${id} AND (disabled_at IS NOT NULL) <> ${disabled} RETURNING ${columns(sql)}`;
          if (changed) {
            const action = disabled ? 'principal-disabled' : 'principal-enabled';
            await appendAudit(sql, { actor, action, subject: id, data: { name: changed.name } });
            return changed;
          }
          const [same] = await sql<PrincipalRow[]>`SELECT ${columns(sql)} FROM principals WHERE id = ${id}`;
          return same;
        }),
      ),
  };
}
