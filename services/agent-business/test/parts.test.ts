// What the ERP and the database need to be there, and what is said where it is missing.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createLog, SettingError } from '@switchboard/service';
import { createShopDatabase } from '@switchboard/testkit/peers/shop-database';
import { expect, it, onTestFinished } from 'vitest';
import { databasePart } from '../src/database/database-part.ts';
import { recordsPart } from '../src/tryton/records-part.ts';

const erp = { ERP_URL: 'https://erp.example.org/production', ERP_USER: 'agent', ERP_PASSWORD: 'secret' };
const log = createLog('test', 'silent');

it('an ERP is there when all of its settings are', () => {
  const part = recordsPart(erp);
  expect(part.unavailable).toEqual([]);
  expect(Object.keys(part.adapters.records ?? {})).toEqual(['read', 'write', 'external']);
});

it.each([
  [{}, 'set ERP_URL, ERP_USER, ERP_PASSWORD_FILE'],
  [{ ERP_URL: erp.ERP_URL, ERP_USER: 'agent' }, 'set ERP_PASSWORD_FILE ('],
])('with %j it says what to set', (config, says) => {
  const { adapters, unavailable, skills } = recordsPart(config);
  expect(adapters).toEqual({});
  expect(unavailable.map(({ skill }) => skill)).toEqual(skills.map(({ contract }) => contract.name));
  for (const { why } of unavailable) expect(why).toContain(says);
});

it.each([
  'https://erp.example.org',
  'https://erp.example.org/',
  'https://erp.example.org/a/b',
  'https://me:secret@erp.example.org/a',
  'https://erp.example.org/a?b',
])('the address %s names no database alone', (ERP_URL) => {
  expect(() => recordsPart({ ...erp, ERP_URL })).toThrow(SettingError);
});

it('without a database it says what to set, and which role', async () => {
  const { adapters, unavailable, skills } = await databasePart({}, log);
  expect(adapters).toEqual({});
  expect(unavailable.map(({ skill }) => skill)).toEqual(skills.map(({ contract }) => contract.name));
  for (const { why } of unavailable) {
    expect(why).toContain('set QUERY_DATABASE_URL_FILE');
    expect(why).toContain('CREATE ROLE reader');
    expect(why.length).toBeLessThanOrEqual(500);
  }
});

it('a role that can write is refused from the start, with what to do', async () => {
  const shop = await createShopDatabase();
  onTestFinished(() => shop.drop());
  const reading = await databasePart({ QUERY_DATABASE_URL: shop.urlFor(shop.role) }, log);
  expect(reading.unavailable).toEqual([]);
  expect(Object.keys(reading.adapters)).toEqual(['database']);
  const writing = await databasePart({ QUERY_DATABASE_URL: shop.url }, log);
  expect(writing.adapters).toEqual({});
  expect(writing.unavailable.map(({ why }) => why)).toEqual(
    writing.skills.map(() => expect.stringContaining('is a superuser')),
  );
});

it('a database that is away, or does not answer, holds nothing up', async () => {
  const server = createServer(() => {}).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  for (const at of [1, port]) {
    const begun = performance.now();
    const part = await databasePart({ QUERY_DATABASE_URL: `postgres://a:b@127.0.0.1:${at}/shop` }, log);
    expect(part.unavailable).toEqual([]);
    expect(performance.now() - begun).toBeLessThan(5_000);
  }
});
