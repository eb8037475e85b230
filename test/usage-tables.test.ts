// What `npm run usage` prints: sums by their key, what is left of each budget, and what nobody knows.
import { expect, test } from 'vitest';
import { budgetsTable, sumsTable } from '../scripts/usage/tables.ts';

const sum = {
  calls: 1_234,
  presumed: 0,
  promptBytes: 1_234_567,
  promptTokens: 300,
  completionTokens: 12,
  costUsd: 0.0042,
};

test('sums, with what is of no skill', () => {
  expect(
    sumsTable('skill', [
      { key: 'read-file', ...sum },
      { ...sum, calls: 2, presumed: 1, costUsd: 1 },
    ]),
  ).toBe(
    [
      'skill      calls  prompt bytes  prompt tokens  written tokens          cost',
      'read-file  1,234     1,234,567            300              12  0.004200 USD',
      '(none)         2     1,234,567            300              12  1.000000 USD',
      'Of 1 calls nobody knows what they used: they count in full.',
    ].join('\n'),
  );
  expect(sumsTable('day', [])).toBe('No model was asked.');
});

test('what is left of a budget is neither spent nor reserved, and never less than nothing', () => {
  const tokens = { spentTokens: 400, reservedTokens: 100 };
  const resetsAt = '2026-01-02T00:00:00.000Z';
  const table = budgetsTable([
    { scope: 'day', limitUsd: 5, spentUsd: 1.25, reservedUsd: 0.25, ...tokens, resetsAt },
    { scope: 'session', limitUsd: 1, spentUsd: 1.5, reservedUsd: 0, ...tokens, limitTokens: 2_000 },
  ]);
  expect(table).toBe(
    [
      'budget                left        of  tokens left                    resets',
      'everybody, today  3.50 USD  5.00 USD     no limit  2026-01-02T00:00:00.000Z',
      'this session      0.00 USD  1.00 USD        1,500                     never',
    ].join('\n'),
  );
});
