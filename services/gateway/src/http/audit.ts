// The audit, for those who may read all of it: the chain as it stands, and what is not in it.
import type { HttpDeps } from './deps.ts';
import type { Handlers } from './serve.ts';

/** Rows looked at for one page of strays. */
const looked = 20_000;

export function auditHandlers({ audit }: HttpDeps['database']): Handlers<'readAudit' | 'listStrays'> {
  return {
    readAudit: async ({ query }) => ({ entries: await audit.after(query.after, query.limit) }),
    listStrays: ({ query }) => audit.strays(query.source, query.after, looked),
  };
}
