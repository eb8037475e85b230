// Who may ask: only a role that can do nothing but read; and what is said when there is no database to ask.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { createShopDatabase, rolePassword, type ShopDatabase } from '@switchboard/testkit/peers/shop-database';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { databaseAt } from './database-at.ts';

let shop: ShopDatabase;
beforeAll(async () => {
  shop = await createShopDatabase();
});
afterAll(() => shop.drop());

describe('a role that can do more than read', () => {
  const role = `other_${randomUUID().slice(0, 8)}`;
  const group = `group_${randomUUID().slice(0, 8)}`;
  const ask = () => databaseAt(shop.urlFor(role)).query('SELECT 1', [], { rowsMax: 1 });
  beforeAll(() =>
    shop.run(
      `CREATE ROLE ${role} LOGIN PASSWORD '${rolePassword}' NOINHERIT; CREATE ROLE ${group}; GRANT ${group} TO ${role}`,
    ),
  );
  afterAll(() => shop.run(`DROP OWNED BY ${role}, ${group} CASCADE; DROP ROLE ${role}; DROP ROLE ${group}`));

  it.each([
    [`GRANT INSERT ON products TO ${role}`, `REVOKE ALL ON products FROM ${role}`, 'may write to public.products'],
    [
      `GRANT UPDATE (stock) ON products TO ${role}`,
      `REVOKE UPDATE (stock) ON products FROM ${role}`,
      'may write to public.products',
    ],
    [`GRANT TRUNCATE ON products TO ${group}`, `REVOKE ALL ON products FROM ${group}`, 'may write to public.products'],
    ['GRANT DELETE ON scarce TO PUBLIC', 'REVOKE ALL ON scarce FROM PUBLIC', 'may write to public.scarce'],
    [
      `GRANT CREATE ON SCHEMA public TO ${role}`,
      `REVOKE CREATE ON SCHEMA public FROM ${role}`,
      'may create tables in the schema public',
    ],
    [
      `ALTER TABLE secrets OWNER TO ${group}`,
      'ALTER TABLE secrets OWNER TO CURRENT_USER',
      'may write to public.secrets',
    ],
    [`ALTER ROLE ${role} CREATEROLE`, `ALTER ROLE ${role} NOCREATEROLE`, 'may create roles, databases or replicas'],
    [`ALTER ROLE ${role} SUPERUSER`, `ALTER ROLE ${role} NOSUPERUSER`, 'is a superuser'],
    [`GRANT pg_write_all_data TO ${group}`, `REVOKE pg_write_all_data FROM ${group}`, 'belongs to pg_write_all_data'],
    [
      `GRANT pg_execute_server_program TO ${role}`,
      `REVOKE pg_execute_server_program FROM ${role}`,
      'belongs to pg_execute_server_program',
    ],
    ['CREATE EXTENSION dblink', 'DROP EXTENSION dblink', 'of dblink, which reaches out of the database'],
  ])('%s', async (give, take, why) => {
    await ask();
    await shop.run(give);
    try {
      await expect(ask()).rejects.toMatchObject({
        reason: 'role-may-write',
        message: expect.stringMatching(new RegExp(`^The database’s role .*${why}.*CREATE ROLE reader`)),
      });
      await expect(databaseAt(shop.urlFor(role)).tables({ max: 1 })).rejects.toMatchObject({
        reason: 'role-may-write',
      });
    } finally {
      await shop.run(take);
    }
    await ask();
  });

  it('neither is the administrator', async () => {
    await expect(databaseAt(shop.url).query('SELECT 1', [], { rowsMax: 1 })).rejects.toMatchObject({
      reason: 'role-may-write',
    });
  });
});

describe('a database that is not there', () => {
  const refused = { code: 'unavailable' };
  const ask = (url: string) => databaseAt(url).query('SELECT 1', [], { rowsMax: 1 });

  it('nobody listens, a wrong password, no such database', async () => {
    await expect(ask('postgres://a:b@127.0.0.1:1/shop')).rejects.toMatchObject(refused);
    const url = shop.urlFor(shop.role);
    await expect(ask(url.replace(rolePassword, 'wrong'))).rejects.toMatchObject({
      ...refused,
      message: expect.stringContaining('password authentication failed'),
    });
    await expect(ask(`${url}-nowhere`)).rejects.toMatchObject(refused);
  });

  it.each([
    ['hangs up at once', (socket: Socket) => socket.destroy()],
    ['speaks another language', (socket: Socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['never says a word', () => {}],
  ])('something that %s', { timeout: 20_000 }, async (_, meet) => {
    const server = createServer(meet).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    await expect(ask(`postgres://a:b@127.0.0.1:${port}/shop`)).rejects.toMatchObject(refused);
  });
});
