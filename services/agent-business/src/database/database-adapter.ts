// The capability `database` over one PostgreSQL, for one agent.
import type { CapabilityAdapters } from '@switchboard/agent';
import { inReadOnly } from './in-read-only.ts';
import { refuseOthers, runQuery } from './query.ts';
import { readTables } from './tables.ts';

/** Connects anew for each call, and to nothing before the first. */
export function createDatabaseAdapter(url: string): NonNullable<CapabilityAdapters['database']> {
  return {
    read: ({ signal }) => ({
      async query(sql, parameters, { rowsMax }) {
        refuseOthers(sql);
        return await inReadOnly(url, signal, (transaction) => runQuery(transaction, sql, parameters, rowsMax));
      },
      tables: ({ name, max }) => inReadOnly(url, signal, (transaction) => readTables(transaction, name, max)),
    }),
  };
}
