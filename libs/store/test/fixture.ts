// A store on a fresh database, with a principal and a session, and turns to accept.
import { randomUUID } from 'node:crypto';
import { freshDatabase } from '@switchboard/testkit';
import { type NewTurn, type Own, openStore, type Store, type Work } from '../src/index.ts';

export interface Fixture {
  readonly store: Store;
  readonly work: Work;
  /** Of the principal. */
  readonly own: Own;
  readonly sessionId: string;
  turn(overrides?: Partial<NewTurn>): NewTurn;
  session(): Promise<string>;
  close(): Promise<void>;
}

export async function storeFixture(): Promise<Fixture> {
  const database = await freshDatabase();
  const store = openStore(database.roles);
  const principalId = randomUUID();
  await store.keys.ensure({
    id: 'key',
    hash: 'hash',
    scopes: ['sessions'],
    principal: { id: principalId, name: 'owner' },
  });
  const own = store.of(principalId);
  const session = async (): Promise<string> => {
    const made = await own.sessions.create({ id: randomUUID() }, { type: 'session-created', data: {} });
    if (!made) throw new Error('no session');
    return made.session.id;
  };
  const sessionId = await session();
  return {
    store,
    work: store.work,
    own,
    sessionId,
    session,
    turn: (overrides = {}) => ({
      id: randomUUID(),
      sessionId,
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
