// A database that may be asked and never changed, as a skill sees it.

/** Numbers that JavaScript holds exactly are numbers, JSON is JSON, everything else is text as PostgreSQL writes it. */
export type CellValue = string | number | boolean | null | { readonly [key: string]: unknown } | readonly unknown[];

export interface QueryColumn {
  readonly name: string;
  /** As PostgreSQL calls it: `integer`, `text`, `timestamp with time zone`. */
  readonly type: string;
}

export interface QueryResult {
  readonly columns: readonly QueryColumn[];
  /** One value for each column. */
  readonly rows: readonly (readonly CellValue[])[];
  /** There were more rows than were asked for. */
  readonly more: boolean;
}

export interface TableInfo {
  readonly schema: string;
  readonly name: string;
  readonly kind: 'table' | 'view';
  /** As many as the statistics say; undefined where there are none. */
  readonly rows: number | undefined;
  readonly columns: readonly { readonly name: string; readonly type: string; readonly nullable: boolean }[];
}

/**
 * Asking a database, in a transaction that cannot write and is always rolled back, over a connection that ends with the
 * call. All throw SkillError `role-may-write` (the role that it was given could change something), `not-allowed` (the role
 * may not do this), `too-slow` and `too-large`; and SwitchboardError `unavailable` when the database is away.
 */
export interface DatabaseRead {
  /**
   * One statement that gives rows; `$1` and so on stand for the parameters. Besides, throws `not-a-query` (something else
   * than SELECT, WITH, VALUES, TABLE, SHOW or EXPLAIN, or more than one), `read-only` (it would write) and `bad-query`
   * (the database does not understand it, or it fails on the data).
   */
  query(
    sql: string,
    parameters: readonly (string | number | boolean | null)[],
    options: { rowsMax: number },
  ): Promise<QueryResult>;
  /** What the role may read, by schema and name; at most `max`. `name` as `table` or `schema.table`. */
  tables(options: { name?: string | undefined; max: number }): Promise<TableInfo[]>;
}
