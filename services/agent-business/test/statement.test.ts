// What begins as a query is told from everything else, behind comments and brackets too.
import { expect, test } from 'vitest';
import { givesRows } from '../src/database/statement.ts';

test.each([
  'select 1',
  'SELECT 1;',
  '  \n\t(select 1)',
  '((select 1) union select 2)',
  'with a as (select 1) table a',
  'values (1)',
  'table a',
  'show all',
  'explain analyze select 1',
  '-- a comment\nselect 1',
  '/* a /* nested */ comment */ select 1',
  '/**/select/**/1',
])('%j gives rows', (sql) => {
  expect(givesRows(sql)).toBe(true);
});

test.each([
  '',
  ';',
  'selectx 1',
  'insert into a values (1)',
  'do $$ begin end $$',
  'call a()',
  "copy (select 1) to program 'id'",
  'begin',
  'commit',
  'set role postgres',
  'reset all',
  'notify a',
  'listen a',
  'lock table a',
  'prepare a as select 1',
  'execute a',
  'declare a cursor for select 1',
  'fetch all from a',
  'refresh materialized view a',
  '-- select 1',
  '/* select 1',
  '/* /* */ select 1',
  '"select" 1',
])('%j does not', (sql) => {
  expect(givesRows(sql)).toBe(false);
});
