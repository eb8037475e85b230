// One call on a connection of its own, in a transaction that cannot write; the connection ends with it, and so does all it did.

import type { Duplex } from 'node:stream';
import postgres, { type Sql } from 'postgres';
import { openWire } from './bounded-wire.ts';
import { cellTypes } from './cells.ts';
import { translated } from './database-errors.ts';
import { refusePower } from './read-only-role.ts';

/** What one answer may weigh on the wire: an artifact's bytes and as much again. */
const wireBytesMax = 32 * 1024 * 1024;
const connectMsMax = 5_000;

/** Milliseconds, within the transaction; the server goes on alone for a second at most when we are gone. */
const limits = {
  statement_timeout: '15000',
  lock_timeout: '3000',
  idle_in_transaction_session_timeout: '20000',
  client_connection_check_interval: '1000',
  transaction_timeout: '30000',
};

/** As the driver has it: hosts and ports in order, of which the first counts here. */
interface DriverOptions {
  readonly host: readonly string[];
  readonly port: readonly number[];
}

/**
 * `work` gets the transaction. Throws what the capability `database` says: also SkillError `role-may-write`, before
 * anything is asked, and the signal's reason.
 */
export async function inReadOnly<T>(url: string, signal: AbortSignal, work: (sql: Sql) => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  let wire: Promise<Duplex> | undefined;
  const options = {
    max: 1,
    prepare: false,
    fetch_types: false,
    idle_timeout: 0,
    connect_timeout: connectMsMax / 1000,
    backoff: false,
    onnotice: () => {},
    types: cellTypes,
    connection: { application_name: 'switchboard', default_transaction_read_only: true },
    socket({ host: [host = ''], port: [port = 5432] }: DriverOptions) {
      // The driver would begin again for ever when the server hangs up at once.
      if (wire !== undefined) throw new Error('the connection was lost');
      wire = openWire({ host, port, bytesMax: wireBytesMax, connectMsMax, signal });
      return wire;
    },
  };
  const sql = postgres(url, options);
  try {
    await sql.unsafe('BEGIN TRANSACTION READ ONLY');
    // The first look at data: from here on the transaction cannot be made to write any more.
    const wanted = JSON.stringify(Object.entries(limits).map(([name, value]) => ({ name, value })));
    await sql`
      SELECT pg_catalog.set_config(s.name, w.value, true)
      FROM pg_catalog.jsonb_to_recordset(${wanted}::jsonb) AS w(name text, value text)
      JOIN pg_catalog.pg_settings s USING (name)`;
    await refusePower(sql);
    return await work(sql);
  } catch (error) {
    throw translated(error, signal);
  } finally {
    await sql.end({ timeout: 0 });
    await wire?.then(
      (open) => open.destroy(),
      () => undefined,
    );
  }
}
