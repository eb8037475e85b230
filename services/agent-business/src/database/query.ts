// Runs one query and takes no more rows of it than were asked for.
import { type CellValue, type QueryColumn, type QueryResult, SkillError } from '@switchboard/contract';
import type { Sql } from 'postgres';
import { givesRows } from './statement.ts';

type Parameters = readonly (string | number | boolean | null)[];

export async function runQuery(sql: Sql, text: string, parameters: Parameters, rowsMax: number): Promise<QueryResult> {
  const given = parameters.map((value) => (value === null ? null : String(value)));
  // One row more than is wanted tells that there are more; the rest is never sent. A cursor takes one statement only.
  const result = await sql
    .unsafe<Record<string, CellValue>[]>(text, given)
    .values()
    .cursor(rowsMax + 1, () => sql.CLOSE);
  const rows = Array.from<unknown, CellValue[]>(result, (row) => (Array.isArray(row) ? row : []));
  const columns = await named(sql, result.columns);
  return { columns, rows: rows.slice(0, rowsMax), more: rows.length > rowsMax };
}

/** Throws SkillError `not-a-query`. */
export function refuseOthers(text: string): void {
  if (givesRows(text)) return;
  throw new SkillError(
    'not-a-query',
    'Only SELECT, WITH, VALUES, TABLE, SHOW and EXPLAIN: this one does not give rows',
  );
}

async function named(sql: Sql, columns: readonly { name: string; type: number }[]): Promise<QueryColumn[]> {
  const types = columns.map(({ type }) => type);
  const found = await sql<{ oid: number; name: string }[]>`
    SELECT oid, pg_catalog.format_type(oid, NULL) AS name FROM pg_catalog.unnest(${`{${types.join()}}`}::oid[]) AS t(oid)`;
  const names = new Map(found.map(({ oid, name }) => [oid, name]));
  return columns.map(({ name, type }) => ({ name, type: names.get(type) ?? 'unknown' }));
}
