// Somebody's PostgreSQL database for tests: a shop's tables, and a role that can only read some of them.
import { randomUUID } from 'node:crypto';
import { freshDatabase } from '../fresh-database.ts';

export interface ShopDatabase {
  /** Of the superuser. */
  readonly url: string;
  /** Can only read; it logs in with `rolePassword`. */
  readonly role: string;
  /** The same address for another role with that password. */
  urlFor(role: string): string;
  /** As the superuser: statements, or one with rows. */
  run(statements: string): Promise<Record<string, unknown>[]>;
  /** May be called again. */
  drop(): Promise<void>;
}

export const rolePassword = 'secret';

const tables = `
  CREATE TABLE products (id integer PRIMARY KEY, name text NOT NULL, stock integer);
  INSERT INTO products VALUES (1, 'Chair', 12), (2, 'Table', 3);
  CREATE TABLE secrets (word text);
  CREATE VIEW scarce AS SELECT name FROM products WHERE stock < 10;
  CREATE SEQUENCE numbers`;

/** On the PostgreSQL that the test run shares. Roles are the server's: whoever makes more of them drops them. */
export async function createShopDatabase(): Promise<ShopDatabase> {
  // Only here, so that whoever uses the rest of the testkit need not load a database driver.
  const { default: postgres } = await import('postgres');
  const database = await freshDatabase();
  const sql = postgres(database.url, { max: 2, onnotice: () => {} });
  const role = `reader_${randomUUID().slice(0, 8)}`;
  await sql.unsafe(
    'DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public; GRANT USAGE ON SCHEMA public TO PUBLIC',
  );
  await sql.unsafe(tables);
  await sql.unsafe(`CREATE ROLE ${role} LOGIN PASSWORD '${rolePassword}'; GRANT SELECT ON products, scarce TO ${role}`);
  let dropped: Promise<void> | undefined;
  async function drop(): Promise<void> {
    await sql.unsafe(`DROP OWNED BY ${role} CASCADE; DROP ROLE ${role}`);
    await sql.end({ timeout: 5 });
    await database.drop();
  }
  return {
    url: database.url,
    role,
    urlFor: (username) => Object.assign(new URL(database.url), { username, password: rolePassword }).href,
    async run(statements) {
      return [...(await sql.unsafe(statements))];
    },
    drop() {
      dropped ??= drop();
      return dropped;
    },
  };
}
