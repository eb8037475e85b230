// describe-database tells what there is to ask, and nothing of what the role may not read.
import { describe, expect, test } from 'vitest';
import { describeSkill, runSkill, testShop } from '../testing.ts';
import { contract } from './contract.ts';
import { handler } from './handler.ts';

const skill = { contract, handler };
const shop = testShop();
const look = (table?: string) => runSkill(skill, { ...shop.setup, input: { ...(table && { table }) } });

describeSkill(skill, shop.setup);

describe('describe-database', () => {
  test('reads well', async () => {
    expect((await look()).text).toBe('2 tables:\n  public.products  id, name, stock\n  public.scarce    name');
    expect((await look('PUBLIC.Products')).text).toBe(
      'public.products, a table with 3 columns:\n  id     integer  not null\n  name   text     not null\n  stock  integer',
    );
  });

  test('does not tell of what may not be read', async () => {
    const { role } = shop.database;
    await expect(look('secrets')).rejects.toMatchObject({ reason: 'not-found' });
    await shop.database.run(`GRANT SELECT (word) ON secrets TO ${role}; ALTER TABLE secrets ADD COLUMN hidden text`);
    expect((await look('secrets')).text).toBe('public.secrets, a table with 1 column:\n  word  text');
  });

  test('says when there are more tables than it tells', async () => {
    const { role } = shop.database;
    const tables = Array.from({ length: 120 }, (_, n) => `CREATE TABLE many.t${n} (a int)`).join(';');
    await shop.database.run(`CREATE SCHEMA many; ${tables}`);
    await shop.database.run(
      `GRANT USAGE ON SCHEMA many TO ${role}; GRANT SELECT ON ALL TABLES IN SCHEMA many TO ${role}`,
    );
    const { output, text } = await look();
    expect(contract.output.parse(output)).toMatchObject({ more: true });
    expect(text).toMatch(/^The first 100 tables and views:\n/);
  });
});
