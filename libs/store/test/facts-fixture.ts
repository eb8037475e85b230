// A memory on a fresh database: people, invocations under way, and facts that earlier turns left.
import { randomUUID } from 'node:crypto';
import type { Effect, Fact } from '@switchboard/contract';
import { freshDatabase } from '@switchboard/testkit';
import { type BeginOptions, type BegunInvocation, beginInvocation } from '@switchboard/testkit/begin-invocation';
import { openStore, type Store } from '../src/index.ts';
import { openSql, type Pool } from '../src/sql.ts';

export const allEffects: Effect[] = (['read', 'write', 'destructive'] as const).map((name) => ({
  class: name,
  on: 'memory',
}));

export type Given = Partial<Pick<Fact, 'provenance' | 'pinned'>> & Partial<BeginOptions>;

export interface FactsFixture {
  readonly store: Store;
  /** As the superuser. */
  readonly admin: Pool;
  /** Who begins and remembers from now on. */
  owner: string;
  newPrincipal(): Promise<string>;
  begin(more?: Partial<BeginOptions>): Promise<BegunInvocation>;
  /** In a turn of its own, which has ended. */
  remember(text: string, given?: Given): Promise<Fact>;
  find(words: string | undefined, more?: { untrusted?: boolean; limit?: number }): Promise<string[]>;
  close(): Promise<void>;
}

export async function openFacts(): Promise<FactsFixture> {
  const database = await freshDatabase();
  const store = openStore(database.roles);
  const { facts } = store.work;
  const admin = openSql({ url: database.url, connectionsMax: 1 });
  const on: FactsFixture = {
    store,
    admin,
    owner: '',
    async newPrincipal() {
      const id = randomUUID();
      const principal = { id, name: id };
      await store.keys.ensure({ id: randomUUID(), hash: randomUUID(), scopes: ['sessions'], principal });
      return id;
    },
    begin: (more = {}) => beginInvocation(store, { principalId: on.owner, effects: allEffects, ...more }),
    async remember(text, { provenance = 'person', pinned = false, ...more } = {}) {
      const under = await on.begin({ input: { statement: text }, said: `remember that ${text}`, ...more });
      const made = await facts.remember({ invocationId: under.id }, { text, provenance, pinned });
      if (typeof made === 'string') throw new Error(made);
      await under.end({ output: { id: made.id, statement: text }, text: `I will remember: ${text}` });
      return made;
    },
    async find(words, more = {}) {
      const found = await facts.recall(on.owner, { words, untrusted: true, limit: 50, ...more });
      return found.facts.map(({ text }) => text);
    },
    async close() {
      await Promise.all([store.close(), admin.end()]);
      await database.drop();
    },
  };
  return on;
}
