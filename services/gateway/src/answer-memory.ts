// Remembers, recalls and forgets for the person whose invocation is under way: whose facts they are and where they come from is known here.
import type { Bus, Subscription } from '@switchboard/bus';
import {
  type EffectClass,
  type MemoryReply,
  type MemoryRequest,
  type Provenance,
  SwitchboardError,
  tidyFact,
} from '@switchboard/contract';
import type { Log } from '@switchboard/service';
import type { FactAsker, Facts } from '@switchboard/store';

const needed: Readonly<Record<MemoryRequest['kind'], EffectClass>> = {
  recall: 'read',
  remember: 'write',
  forget: 'destructive',
};

const forbidden = (): SwitchboardError =>
  new SwitchboardError('forbidden', 'No invocation of this agent that may do so is under way');

/**
 * Where a fact comes from, whatever an agent says. What a person says in a session in which something was read before is
 * theirs: their words go in as they are. What a model says there may be what it has read.
 */
function provenanceOf({ tainted, sessionTainted, driven }: FactAsker): Provenance {
  if (tainted || (driven && sessionTainted)) return 'untrusted';
  return driven ? 'agent' : 'person';
}

async function remember(
  facts: Facts,
  asker: FactAsker,
  { text: said, pinned }: Extract<MemoryRequest, { kind: 'remember' }>,
): Promise<MemoryReply> {
  const text = tidyFact(said);
  if (text === '') throw new SwitchboardError('invalid-request', 'There is nothing to remember');
  const provenance = provenanceOf(asker);
  // What is always in view is never what somebody else may have wanted there.
  const fact = { text, provenance, pinned: pinned && provenance !== 'untrusted' };
  const made = await facts.remember(asker, fact);
  if (made === 'over') throw forbidden();
  if (made === 'full') throw new SwitchboardError('too-large', 'No more facts can be remembered');
  if (made === 'too-many-pinned') throw new SwitchboardError('conflict', 'No more facts can be always in view');
  return { v: 1, facts: [made], more: false, withheld: 0 };
}

async function forget(
  facts: Facts,
  asker: FactAsker,
  { facts: shown }: Extract<MemoryRequest, { kind: 'forget' }>,
): Promise<MemoryReply> {
  if (await facts.forget(asker, shown)) return { v: 1, facts: [], more: false, withheld: 0 };
  throw new SwitchboardError('conflict', 'What is remembered is not what was shown');
}

/** Refuses with `forbidden` what the contract of the invocation does not allow, and whatever is no longer under way. */
export function answerMemory(bus: Bus, facts: Facts, log: Log): Subscription {
  return bus.respond(
    'memory',
    async ({ message, parameters: { agent } }) => {
      const asker = await facts.asker(agent, message.invocation);
      const allowed = asker?.effects.some(({ class: name, on }) => on === 'memory' && name === needed[message.kind]);
      if (asker === undefined || !allowed) throw forbidden();
      if (message.kind === 'remember') return remember(facts, asker, message);
      if (message.kind === 'forget') return forget(facts, asker, message);
      // A contract that says it reads nothing untrusted is kept to it here: text of others never taints unnoticed.
      const asked = { words: message.text, untrusted: asker.ingests === 'untrusted', limit: message.limit };
      return { v: 1 as const, ...(await facts.recall(asker.principalId, asked)) };
    },
    { onRefused: ({ code }, subject) => log.warn({ subject, code }, 'an agent was not given what is remembered') },
  );
}
