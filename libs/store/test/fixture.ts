// A store on a fresh database, with a principal and a session, and turns to accept.
import { randomUUID } from 'node:crypto';
import { freshDatabase } from '@switchboard/testkit';
import { type NewTurn, openStore, type Store } from '../src/index.ts';

export interface Fixture {
  readonly store: Store;
  readonly principalId: string;
  readonly sessionId: string;
  turn(overrides?: Partial<NewTurn>): NewTurn;
  session(): Promise<string>;
  close(): Promise<void>;
}

export async function storeFixture(): Promise<Fixture> {
  const database = await freshDatabase();
  const store = openStore({ url: database.url });
  const principalId = randomUUID();
  await store.keys.ensure({ id: 'key', hash: 'hash', scopes: ['read'], principal: { id: principalId, name: 'owner' } });
  const session = async (): Promise<string> => {
    const made = await store.sessions.create({ id: randomUUID(), principalId }, { type: 'session-created', data: {} });
    if (!made) throw new Error('no session');
    return made.session.id;
  };
  const sessionId = await session();
  return {
    store,
    principalId,
    sessionId,
    session,
    turn: (overrides = {}) => ({
      id: randomUUID(),
      sessionId,
      principalId,
      idempotencyKey: randomUUID(),
      requestHash: 'h',
      request: { input: 'list files', dryRun: false },
      address: { text: 'list files' },
      deadlineMs: 60_000,
      queuedMax: 50,
      event: { type: 'turn-accepted', data: { input: 'list files' } },
      ...overrides,
    }),
    async close() {
      await store.close();
      await database.drop();
    },
  };
}
