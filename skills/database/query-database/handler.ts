// Asks the database, and attaches the rows that an answer has no room for.
import { type CellValue, defineHandler } from '@switchboard/contract';
import { csvLines } from '../csv.ts';
import { contract } from './contract.ts';

const inlineRowsMax = 100;
/** An answer holds 128 KiB, and a CSV file as much as an artifact. */
const inlineBytesMax = 96 * 1024;

export const handler = defineHandler(contract, {
  async run(ctx, { sql, parameters, rowsMax }) {
    const { columns, rows, more } = await ctx.database.query(sql, parameters, { rowsMax });
    const shown = rows.slice(0, whatFits(rows));
    const output = { columns: [...columns], rows: shown.map(toJson), rowCount: rows.length, more };
    if (shown.length === rows.length) return output;
    const content = encoded(csvLines(columns, rows));
    return { ...output, csv: await ctx.artifact({ name: 'rows.csv', mediaType: 'text/csv', content }) };
  },
});

function toJson(row: readonly CellValue[]) {
  return contract.output.shape.rows.element.parse(row);
}

function whatFits(rows: readonly (readonly CellValue[])[]): number {
  let left = inlineBytesMax;
  const end = rows.slice(0, inlineRowsMax).findIndex((row) => {
    left -= Buffer.byteLength(JSON.stringify(row));
    return left < 0;
  });
  return end === -1 ? inlineRowsMax : end;
}

async function* encoded(lines: Iterable<string>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  let piece = '';
  for (const line of lines) {
    piece += line;
    if (piece.length < 64 * 1024) continue;
    yield encoder.encode(piece);
    piece = '';
  }
  if (piece !== '') yield encoder.encode(piece);
}
