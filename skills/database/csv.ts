// Rows as CSV (RFC 4180), for an artifact.
import type { CellValue } from '@switchboard/contract';

/** What of `rows` fits, in pieces of one line; null is an empty field, and an empty text is `""`. */
export function* csvLines(
  columns: readonly { readonly name: string }[],
  rows: readonly (readonly CellValue[])[],
): Generator<string> {
  yield line(columns.map(({ name }) => name));
  for (const row of rows) yield line(row);
}

function line(values: readonly CellValue[]): string {
  return `${values.map(field).join(',')}\r\n`;
}

function field(value: CellValue): string {
  if (value === null) return '';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
