// Several statements, all or none of them.
import type { Pool, Sql } from './sql.ts';

/** The connection ended, or the server is ending it: there is nothing left to roll back. */
function isConnectionLoss(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('severity' in error) return error.severity === 'FATAL' || error.severity === 'PANIC';
  return 'syscall' in error || ('code' in error && String(error.code).startsWith('CONNECT'));
}

/**
 * As the driver's own, but it leaves a connection alone that is gone: the driver would roll back on it, and that write to
 * a socket that is not there ends the process (porsager/postgres#1208). The caller is told all the same, by the driver's
 * own watch over the connection. Rejects with what `work` rejects with, or with the loss of the connection.
 */
export async function inTransaction<T>(pool: Pool, work: (sql: Sql) => PromiseLike<T>): Promise<T> {
  const { result } = await pool.begin(async (sql) => {
    try {
      return { result: await work(sql) };
    } catch (error) {
      if (!isConnectionLoss(error)) throw error;
      return new Promise<never>(() => {});
    }
  });
  return result;
}
