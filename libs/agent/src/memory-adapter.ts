// The capability `memory`: asks the gateway, which keeps the facts and knows whose they are and what this call may.
import {
  type CapabilityTable,
  type MemoryReply,
  type MemoryRequest,
  SkillError,
  SwitchboardError,
} from '@switchboard/contract';
import type { CallScope, CapabilityAdapters } from './adapters.ts';

/** Throws SwitchboardError, and the signal's reason. */
export type AskMemory = (message: MemoryRequest, signal: AbortSignal) => Promise<MemoryReply>;

/** A refusal that a person can do something about, in the words of the contract. */
async function explained<T>(call: Promise<T>, reasons: Readonly<Record<string, string>>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    const reason = error instanceof SwitchboardError ? reasons[error.code] : undefined;
    if (reason === undefined || !(error instanceof SwitchboardError)) throw error;
    throw new SkillError(reason, error.message, { cause: error });
  }
}

export function createMemoryAdapter(ask: AskMemory): NonNullable<CapabilityAdapters['memory']> {
  const asked = ({ invocationId }: CallScope) => ({ v: 1 as const, invocation: invocationId });
  return {
    read: (scope): CapabilityTable['memory']['read'] => ({
      async recall(words, { max }) {
        const text = words === undefined ? {} : { text: words };
        const { facts, more, withheld } = await ask(
          { ...asked(scope), kind: 'recall', ...text, limit: max },
          scope.signal,
        );
        return { facts, more, withheld };
      },
    }),
    write: (scope): CapabilityTable['memory']['write'] => ({
      async remember(text, { pinned }) {
        const remembered = ask({ ...asked(scope), kind: 'remember', text, pinned }, scope.signal);
        const { facts } = await explained(remembered, { 'too-large': 'full', conflict: 'too-many-pinned' });
        const [fact] = facts;
        if (fact === undefined) throw new SwitchboardError('internal', 'What was remembered was not said');
        return fact;
      },
    }),
    destructive: (scope): CapabilityTable['memory']['destructive'] => ({
      async forget(facts) {
        const shown = facts.map(({ id, text }) => ({ id, text }));
        await explained(ask({ ...asked(scope), kind: 'forget', facts: shown }, scope.signal), { conflict: 'changed' });
      },
    }),
  };
}
