// The lines of an agent's ledger: one JSON object for each thing that became of an invocation.
import { invocationIdSchema } from '@switchboard/contract';
import { z } from 'zod';

const at = z.iso.datetime();
const id = invocationIdSchema;

const ledgerLineSchema = z.discriminatedUnion('t', [
  /** Written at every rewrite: what ended before `since` may have been forgotten. */
  z.strictObject({ t: z.literal('kept'), at, since: at }),
  /** From here on the effect may have happened. */
  z.strictObject({
    t: z.literal('started'),
    at,
    id,
    skill: z.string(),
    inputHash: z.string(),
    deadline: at,
    /** The process that started it. */
    instance: z.string(),
  }),
  /** What its handler noted for `reconcile`; the last one counts. */
  z.strictObject({ t: z.literal('note'), at, id, data: z.json() }),
  /** The whole answer; parsed when somebody asks for it again. */
  z.strictObject({ t: z.enum(['done', 'failed']), at, id, reply: z.unknown() }),
  /** It has not run and never will. */
  z.strictObject({ t: z.literal('fenced'), at, id }),
]);
export type LedgerLine = z.infer<typeof ledgerLineSchema>;

/** Undefined for a line that was torn or is not one of ours. */
export function parseLedgerLine(text: string): LedgerLine | undefined {
  try {
    return ledgerLineSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
