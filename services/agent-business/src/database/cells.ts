// How values travel between PostgreSQL's text and JSON: exactly, and never through another type.
import { type CellValue, isBoundedJson } from '@switchboard/contract';
import type { PostgresType } from 'postgres';

type Oids = readonly number[];
const asText = (value: unknown): string => String(value);

function type(to: number, from: Oids, parse: (text: string) => CellValue): PostgresType {
  return { to, from: [...from], serialize: asText, parse };
}

/** 9007199254740993 and NaN stay texts. */
function number(text: string): CellValue {
  const value = Number(text);
  const exact = Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value);
  return exact ? value : text;
}

function json(text: string): CellValue {
  const value: unknown = JSON.parse(text);
  return isBoundedJson(value) && value !== undefined ? (value as CellValue) : text;
}

/** For the driver: object ids are those of pg_type. Parameters are sent as they were given. */
export const cellTypes: Readonly<Record<string, PostgresType>> = {
  number: type(0, [20, 21, 23, 26, 700, 701], number),
  json: type(114, [114, 3802], json),
  jsonb: type(3802, [], asText),
  boolean: type(16, [16], (text) => text === 't'),
  date: type(1082, [1082, 1114, 1184], asText),
  timestamp: type(1114, [], asText),
  timestamptz: type(1184, [], asText),
  bytea: type(17, [17], asText),
};
