// Which tables and views the role may read, and their columns.
import type { TableInfo } from '@switchboard/contract';
import type { Sql } from 'postgres';
import { z } from 'zod';

const columnsMax = 200;
const columnSchema = z.object({ name: z.string(), type: z.string(), nullable: z.boolean() });
const rowSchema = z.object({
  schema: z.string(),
  name: z.string(),
  kind: z.enum(['table', 'view']),
  rows: z.number().nullable(),
  columns: z.array(columnSchema),
});

/** By schema and name; `name` as `table` or `schema.table`, in any case. */
export async function readTables(sql: Sql, name: string | undefined, max: number): Promise<TableInfo[]> {
  const found = await sql`
    SELECT n.nspname AS schema, c.relname AS name,
      CASE WHEN c.relkind IN ('v', 'm') THEN 'view' ELSE 'table' END AS kind,
      CASE WHEN c.reltuples >= 0 AND c.relkind <> 'v' THEN c.reltuples::float8 END AS rows,
      (SELECT pg_catalog.json_agg(pg_catalog.json_build_object(
         'name', a.attname, 'type', pg_catalog.format_type(a.atttypid, a.atttypmod), 'nullable', NOT a.attnotnull
       ) ORDER BY a.attnum)
       FROM pg_catalog.pg_attribute a
       WHERE a.attrelid = c.oid AND a.attnum BETWEEN 1 AND ${columnsMax} AND NOT a.attisdropped
         AND pg_catalog.has_column_privilege(c.oid, a.attnum, 'SELECT')) AS columns
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
      AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
      AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
      AND pg_catalog.has_any_column_privilege(c.oid, 'SELECT')
      AND (${name ?? null}::text IS NULL
        OR lower(${name ?? ''}) IN (lower(c.relname), lower(n.nspname || '.' || c.relname)))
    ORDER BY 1, 2 LIMIT ${max}`;
  return z
    .array(rowSchema)
    .parse(found)
    .map((row) => ({ ...row, rows: row.rows ?? undefined }));
}
