// Where statements run: bound to one principal, in a transaction of their own; or as the program itself.
import type { Guard, Pool, Sql } from './sql.ts';
import { inTransaction } from './transaction.ts';

/** `work` may send several statements at once; it sends them before it waits. */
export type Run = <T>(what: string, work: (sql: Sql) => PromiseLike<T>) => Promise<T>;

export function createRun(pool: Pool, guard: Guard): Run {
  return (what, work) => guard(what, Promise.resolve(work(pool)));
}

/** Bound for the transaction, not for the connection: the next to use the connection finds nothing of it. */
export function createBoundRun(pool: Pool, guard: Guard, principalId: string, keyId = ''): Run {
  return (what, work) =>
    guard(
      what,
      inTransaction(pool, async (sql) => {
        const bound = sql`
          SELECT set_config('switchboard.principal', ${principalId}, true), set_config('switchboard.key', ${keyId}, true)`.execute();
        const [result] = await Promise.all([work(sql), bound]);
        return result;
      }),
    );
}
