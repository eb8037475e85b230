// What models have used and what is left of the budgets, as tables for a terminal.
import type { Budget, UsageSum } from '@switchboard/contract';

const centDigits = 2;
/** Calls are often cheaper than a cent. */
const costDigits = 6;

const dollars = (usd: number, digits: number): string => `${usd.toFixed(digits)} USD`;
const count = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ',');

/** The first column to the left, numbers to the right. */
function columns(rows: readonly (readonly string[])[]): string {
  const width = (column: number): number => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  const cell = (text: string, column: number): string =>
    column === 0 ? text.padEnd(width(column)) : text.padStart(width(column));
  return rows.map((row) => row.map(cell).join('  ').trimEnd()).join('\n');
}

export function sumsTable(by: string, sums: readonly UsageSum[]): string {
  if (sums.length === 0) return 'No model was asked.';
  const rows = sums.map((sum) => [
    sum.key ?? '(none)',
    count(sum.calls),
    count(sum.promptBytes),
    count(sum.promptTokens),
    count(sum.completionTokens),
    dollars(sum.costUsd, costDigits),
  ]);
  const table = columns([[by, 'calls', 'prompt bytes', 'prompt tokens', 'written tokens', 'cost'], ...rows]);
  const presumed = sums.reduce((all, sum) => all + sum.presumed, 0);
  if (presumed === 0) return table;
  return `${table}\nOf ${count(presumed)} calls nobody knows what they used: they count in full.`;
}

const named: Readonly<Record<Budget['scope'], string>> = {
  day: 'everybody, today',
  principal: 'you, today',
  session: 'this session',
};

export function budgetsTable(budgets: readonly Budget[]): string {
  const rows = budgets.map(({ scope, limitUsd, spentUsd, reservedUsd, resetsAt, ...tokens }) => [
    named[scope],
    dollars(Math.max(0, limitUsd - spentUsd - reservedUsd), centDigits),
    dollars(limitUsd, centDigits),
    tokens.limitTokens === undefined
      ? 'no limit'
      : count(Math.max(0, tokens.limitTokens - tokens.spentTokens - tokens.reservedTokens)),
    resetsAt ?? 'never',
  ]);
  return columns([['budget', 'left', 'of', 'tokens left', 'resets'], ...rows]);
}
