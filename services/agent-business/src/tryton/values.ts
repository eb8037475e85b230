// How Tryton writes numbers, dates and references in JSON, and how they are written here.
import { z } from 'zod';

const decimalSchema = z.object({ __class__: z.literal('Decimal'), decimal: z.string().regex(/^-?\d+(\.\d+)?$/) });

/** With at least so many digits after the point, and no zeros beyond them: `49.9000` → `49.90`. */
export function decimalText(decimal: string, digits: number): string {
  const [whole = '0', fraction = ''] = decimal.split('.');
  const kept = fraction.replace(/0+$/, '').padEnd(digits, '0');
  return kept === '' ? whole : `${whole}.${kept}`;
}

export const trytonDecimal = decimalSchema.transform(({ decimal }) => decimal);

export function toDecimal(decimal: string): { __class__: 'Decimal'; decimal: string } {
  return { __class__: 'Decimal', decimal };
}

/** `2026-01-01`, of a date or the date of a time. */
export const trytonDate = z
  .object({ __class__: z.enum(['date', 'datetime']), year: z.int(), month: z.int(), day: z.int() })
  .transform(({ year, month, day }) =>
    [String(year).padStart(4, '0'), String(month).padStart(2, '0'), String(day).padStart(2, '0')].join('-'),
  );

/** Text fields that hold nothing are null, or empty. */
export const trytonText = z
  .string()
  .nullish()
  .transform((text) => (text === null || text === '' ? undefined : text));

/** Words that must all be there, as a domain. */
export function everyWord(field: string, text: string): unknown[] {
  const words = text
    .split(/\s+/)
    .filter((word) => word !== '')
    .slice(0, 8);
  return words.map((word) => [field, 'ilike', `%${asPattern(word)}%`]);
}

/** The same text in any case. */
export function sameText(field: string, text: string): unknown[] {
  return [field, 'ilike', asPattern(text)];
}

/** A person means what they write: no wildcards. */
function asPattern(text: string): string {
  return text.replace(/[%_\\]/g, '\\$&');
}

/** Ids of Tryton are numbers; undefined for a text that is none. */
export function toId(id: string): number | undefined {
  return /^\d{1,15}$/.test(id) ? Number(id) : undefined;
}
