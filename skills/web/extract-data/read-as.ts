// Reads what a page says as the kind of value that is wanted.
import type { Wanted } from './wanted.ts';

/** `1.299,00 €` and `$1,299.00` → 1299; undefined where there is not exactly one number. */
export function numberIn(text: string): number | undefined {
  const [first, ...more] = text.match(/[-−]?\d[\d.,'\u00a0\u202f ]*/g) ?? [];
  if (first === undefined || more.some((other) => /\d/.test(other))) return undefined;
  const plain = first
    .replace(/['\u00a0\u202f ]/g, '')
    .replace('−', '-')
    .replace(/[.,]$/, '');
  const last = Math.max(plain.lastIndexOf('.'), plain.lastIndexOf(','));
  const mark = last === -1 ? '' : plain.charAt(last);
  const digitsAfter = plain.length - last - 1;
  // One mark before three digits parts thousands, as do several of one kind.
  const groups =
    mark !== '' && (plain.split(mark).length > 2 || (digitsAfter === 3 && !plain.includes(mark === '.' ? ',' : '.')));
  const number = groups
    ? Number(plain.replace(/[.,]/g, ''))
    : Number(last === -1 ? plain : `${plain.slice(0, last).replace(/[.,]/g, '')}.${plain.slice(last + 1)}`);
  return Number.isFinite(number) ? number : undefined;
}

/** A thing in JSON-LD is called by its name. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain).filter((one) => one !== undefined);
  if (typeof value !== 'object' || value === null) return value ?? undefined;
  const thing: Readonly<Record<string, unknown>> = { ...value };
  return plain(thing['name'] ?? thing['@value'] ?? thing['url'] ?? thing['@id']);
}

function text(value: unknown): string | undefined {
  if (Array.isArray(value)) return value.map(text).join(', ') || undefined;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}

/** schema.org says such things with addresses: https://schema.org/InStock. */
function truth(value: string): boolean | undefined {
  if (/^(true|yes|y|on|1|.*\/InStock)$/i.test(value)) return true;
  return /^(false|no|n|off|0|.*\/OutOfStock)$/i.test(value) ? false : undefined;
}

function converted(value: unknown, type: Wanted['type']): unknown {
  const said = text(value)?.trim();
  if (said === undefined || said === '') return undefined;
  switch (type) {
    case 'any':
      return value;
    case 'string':
      return said;
    case 'number':
      return typeof value === 'number' ? value : numberIn(said);
    case 'integer': {
      const number = typeof value === 'number' ? value : numberIn(said);
      return Number.isInteger(number) ? number : undefined;
    }
    case 'boolean':
      return truth(said);
    case 'array':
      return Array.isArray(value) ? value : [value];
  }
}

/** undefined where what is there cannot be read so. */
export function readAs(value: unknown, { type, options }: Wanted): unknown {
  const read = converted(plain(value), type);
  return options === undefined || options.includes(read) ? read : undefined;
}
