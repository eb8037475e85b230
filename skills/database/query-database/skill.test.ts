// query-database shows rows, attaches what is too much to show, and says plainly what it does not do.
import { describe, expect, test } from 'vitest';
import { describeSkill, runSkill, testShop } from '../testing.ts';
import { contract } from './contract.ts';
import { handler } from './handler.ts';

const skill = { contract, handler };
const shop = testShop();
const query = (sql: string, more: Record<string, unknown> = {}) =>
  runSkill(skill, { ...shop.setup, input: { sql, ...more } });

describeSkill(skill, shop.setup);

test('reads well', async () => {
  expect((await query('select * from products order by id')).text).toBe(
    '2 rows:\n  id  name   stock\n  1   Chair  12\n  2   Table  3',
  );
  expect((await query('select 1 where false')).text).toBe('No rows.');
  expect((await query('table products', { rowsMax: 1 })).text).toMatch(/^The first 1 row; there are more:\n/);
});

test('attaches as CSV what is too much to show', async () => {
  const { output, text, artifacts } = await query(
    'select i, case when i = 2 then null else $1 end as t from generate_series(1, 150) i',
    {
      parameters: ['a "b", c'],
    },
  );
  expect(output).toMatchObject({ rowCount: 150, more: false, csv: { name: 'rows.csv', mediaType: 'text/csv' } });
  expect(contract.output.parse(output).rows).toHaveLength(100);
  const lines = Buffer.from(artifacts[0]?.content ?? [])
    .toString()
    .split('\r\n');
  expect(lines.slice(0, 4)).toEqual(['i,t', '1,"a ""b"", c"', '2,', '3,"a ""b"", c"']);
  expect(lines).toHaveLength(152);
  expect(text).toContain('These are the first 100: all 150 are attached.');
});

test('an answer has room for the widest of rows', async () => {
  const { output, artifacts } = await query("select repeat('ä', 50000) from generate_series(1, 3)");
  expect(JSON.stringify(output).length).toBeLessThan(120 * 1024);
  expect(output).toMatchObject({ rowCount: 3, rows: [] });
  expect(artifacts[0]?.bytes).toBe(8 + 3 * 100_002);
});

test('what is in the rows cannot write over what is said around it', async () => {
  const { text } = await query('select E\'a\\u001b[2Jb\\nc\' as "n\\u202eame"');
  expect(text).toBe('1 row:\n  n\\u202eame\n  a\\u{1b}[2Jb\\u{a}c');
});

test.each([
  ['delete from products', 'not-a-query'],
  ['with x as (delete from products returning 1) select * from x', 'read-only'],
  ['select * from secrets', 'not-allowed'],
  ['select * from nothing', 'bad-query'],
])('refuses %s with %s', async (sql, reason) => {
  await expect(query(sql)).rejects.toMatchObject({ reason });
});

test('refuses to ask as somebody who could write', async () => {
  const { role } = shop.database;
  await shop.database.run(`GRANT INSERT ON products TO ${role}`);
  await expect(query('select 1')).rejects.toMatchObject({ reason: 'role-may-write' });
  await shop.database.run(`REVOKE INSERT ON products FROM ${role}`);
});

describe('takes', () => {
  test.each([
    { sql: '' },
    { sql: 'x'.repeat(20_001) },
    { sql: 'select 1', rowsMax: 0 },
    { sql: 'select 1', rowsMax: 10_001 },
    { sql: 'select 1', parameters: [{}] },
    { sql: 'select 1', parameters: Array.from({ length: 101 }, () => 1) },
    { sql: 'select 1', database: 'other' },
  ])('no input %#', (input) => {
    expect(contract.input.safeParse(input).success).toBe(false);
  });
});
