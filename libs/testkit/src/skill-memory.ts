// The capability `memory` for tests of skills: the agent's own adapter over the store's own functions and a real database.
import { randomUUIDv7 } from 'node:crypto';
import { type AskMemory, type CapabilityAdapters, createMemoryAdapter } from '@switchboard/agent';
import { type Effect, type Fact, SwitchboardError, type Trust } from '@switchboard/contract';
import { openStore, type Store } from '@switchboard/store';
import { type BegunInvocation, beginInvocation } from './begin-invocation.ts';
import { freshDatabase } from './fresh-database.ts';

const effects: Effect[] = (['read', 'write', 'destructive'] as const).map((name) => ({ class: name, on: 'memory' }));
const nothing = { v: 1 as const, facts: [], more: false, withheld: 0 };

export interface SkillMemory {
  /** What one person is remembered by; another workspace is another person's. */
  adapters(workspace: string): CapabilityAdapters;
  /** As an earlier turn left it. */
  put(workspace: string, text: string, more?: Partial<Pick<Fact, 'provenance' | 'pinned'>>): Promise<Fact>;
  /** All of it, the newest first. */
  all(workspace: string): Promise<Fact[]>;
  close(): Promise<void>;
}

function kept<T>(made: Map<string, T>, key: string, make: () => T): T {
  const there = made.get(key) ?? make();
  made.set(key, there);
  return there;
}

/** `ingests`: of the contract under test, which decides what the gateway gives it. */
export async function openSkillMemory(ingests: Trust): Promise<SkillMemory> {
  const database = await freshDatabase();
  const store: Store = openStore(database.roles);
  const { facts } = store.work;
  const people = new Map<string, Promise<string>>();
  const calls = new Map<string, Promise<BegunInvocation>>();

  async function newPerson(): Promise<string> {
    const id = randomUUIDv7();
    await store.keys.ensure({ id, hash: id, scopes: ['sessions'], principal: { id, name: id } });
    return id;
  }
  const personOf = (workspace: string): Promise<string> => kept(people, workspace, newPerson);
  const begin = async (workspace: string): Promise<BegunInvocation> =>
    beginInvocation(store, { principalId: await personOf(workspace), effects });

  async function remember(call: BegunInvocation, fact: Pick<Fact, 'text' | 'provenance' | 'pinned'>): Promise<Fact> {
    const made = await facts.remember({ invocationId: call.id }, fact);
    if (made === 'full') throw new SwitchboardError('too-large', 'No more facts can be remembered');
    if (made === 'too-many-pinned') throw new SwitchboardError('conflict', 'No more facts can be always in view');
    if (made === 'over') throw new SwitchboardError('forbidden', 'It is over');
    return made;
  }

  function asking(workspace: string): AskMemory {
    return async (message) => {
      const key = `${workspace} ${message.invocation}`;
      const call = await kept(calls, key, () => begin(workspace));
      if (message.kind === 'remember') {
        const { text, pinned } = message;
        return { ...nothing, facts: [await remember(call, { text, pinned, provenance: 'person' })] };
      }
      if (message.kind === 'recall') {
        const { text: words, limit } = message;
        const asked = { words, limit, untrusted: ingests === 'untrusted' };
        return { ...nothing, ...(await facts.recall(await personOf(workspace), asked)) };
      }
      if (await facts.forget({ invocationId: call.id }, message.facts)) return nothing;
      throw new SwitchboardError('conflict', 'What is remembered is not what was shown');
    };
  }

  return {
    adapters: (workspace) => ({ memory: createMemoryAdapter(asking(workspace)) }),
    put: async (workspace, text, { provenance = 'person', pinned = false } = {}) =>
      remember(await begin(workspace), { text, provenance, pinned }),
    async all(workspace) {
      const asked = { words: undefined, untrusted: true, limit: Number.MAX_SAFE_INTEGER };
      return (await facts.recall(await personOf(workspace), asked)).facts;
    },
    async close() {
      await store.close();
      await database.drop();
    },
  };
}
