// The agent's way to a database, for tests.
import { randomUUID } from 'node:crypto';
import type { DatabaseRead } from '@switchboard/contract';
import { createDatabaseAdapter } from '../src/database/database-adapter.ts';

/** The capability, as a skill gets it. */
export function databaseAt(url: string, signal: AbortSignal = new AbortController().signal): DatabaseRead {
  const read = createDatabaseAdapter(url).read;
  if (read === undefined) throw new Error('it cannot read');
  return read({ invocationId: randomUUID(), session: randomUUID(), signal, deadline: new Date(Date.now() + 60_000) });
}
