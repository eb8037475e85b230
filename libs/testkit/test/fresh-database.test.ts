// The testkit's databases: migrated, and nobody else's.
import { openStore, type Store } from '@switchboard/store';
import { expect, test } from 'vitest';
import { freshDatabase, type TestDatabase } from '../src/index.ts';

async function withStore<T>({ roles }: TestDatabase, use: (store: Store) => Promise<T>): Promise<T> {
  const store = openStore({ ...roles, connectionsMax: 1 });
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

const id = '01981f5a-0000-7000-8000-000000000001';
const key = { id, hash: 'a'.repeat(64), scopes: [], principal: { id, name: 'ann' } };

test('files that ask at the same time get migrated databases of their own', async () => {
  const [first, second] = await Promise.all([freshDatabase(), freshDatabase()]);
  await withStore(first, (store) => store.keys.ensure(key));
  expect(await withStore(first, (store) => store.keys.find(id))).toMatchObject({ principal: 'ann' });
  expect(await withStore(second, (store) => store.keys.find(id))).toBeUndefined();
  await Promise.all([first.drop(), second.drop()]);
});

test('a dropped database is gone, also for those who were connected; dropping again is no error', async () => {
  const database = await freshDatabase();
  await withStore(database, async (store) => {
    await store.ping();
    await database.drop();
    await database.drop();
    await expect(store.ping()).rejects.toThrow();
  });
});
