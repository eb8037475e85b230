// A connection that dies in mid-transaction is an error of that call, and of nothing else.
import { randomUUID } from 'node:crypto';
import { freshDatabase, type TestDatabase, waitUntil } from '@switchboard/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStore, type Store } from '../src/index.ts';
import { openSql } from '../src/sql.ts';

const loops = 8;
const cuts = 5;

let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  database = await freshDatabase();
  store = openStore({ ...database.roles, connectionsMax: loops });
});
afterAll(async () => {
  await store?.close();
  await database?.drop();
});

test('calls whose connections are cut reject, and the next ones work', async () => {
  const own = store.of(randomUUID());
  const answers = { right: 0, cut: 0 };
  let stopped = false;
  const calling = Array.from({ length: loops }, async () => {
    while (!stopped) {
      await own.sessions.list(1).then(
        () => {
          answers.right += 1;
        },
        () => {
          answers.cut += 1;
        },
      );
    }
  });
  const admin = openSql({ url: database.url, connectionsMax: 1 });
  for (let cut = 0; cut < cuts; cut++) {
    const { right, cut: before } = answers;
    await waitUntil('calls that work', () => answers.right > right + loops);
    // Not one that is only being made: what the driver does then is not about transactions.
    await admin`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid() AND query ~ '^(begin|commit)|set_config|FROM sessions'`;
    await waitUntil('calls that were cut', () => answers.cut > before);
  }
  stopped = true;
  await Promise.all(calling);
  await admin.end();
  expect(await own.sessions.list(1)).toEqual([]);
});
