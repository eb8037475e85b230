// Turns the text of a slot into a value that fits its field, or says why it cannot. Runs no regular expression of a contract.
import { readDate, readDateTime, readTime } from './dates.ts';
import type { Field } from './fields.ts';
import { readNumber } from './numbers.ts';
import { stem } from './stem.ts';
import { normalise } from './tokens.ts';

export type Coerced = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly why: string };

const emailPattern = /^[^\s@<>"',;]{1,64}@[^\s@<>"',;]{1,190}\.[a-z]{2,24}$/i;
const yes = new Set(['true', 'yes', 'y', 'on', 'enabled', 'enable', 'sure', 'okay', 'yep', 'yeah', '1']);
const no = new Set(['false', 'no', 'n', 'off', 'disabled', 'disable', 'never', 'nope', 'not', '0']);

const bad = (why: string): Coerced => ({ ok: false, why });
const good = (value: unknown): Coerced => ({ ok: true, value });

export function isEmail(text: string): boolean {
  return text.length <= 254 && emailPattern.test(text);
}

/** An absolute http(s) address, or a bare host name such as `example.com/page`, which gets `https://`. */
export function readUrl(text: string): string | undefined {
  if (/\s/.test(text) || text.length > 2000) return undefined;
  if (/^[a-z][a-z0-9+.-]{1,15}:\/\/[^/]/i.test(text)) return text;
  return /^[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,12}(:\d+)?([/?#].*)?$/i.test(text) ? `https://${text}` : undefined;
}

const listCharactersMax = 4000;

const comparable = (text: string): string => normalise(text.replace(/[_-]+/g, ' ')).split(/\s+/).map(stem).join(' ');

/** The option that a short text names: exactly, in another form of the word, or as the only one it begins or contains. */
export function readOption(text: string, options: readonly (string | number)[]): string | number | undefined {
  const said = comparable(text.slice(0, 200));
  if (said === '') return undefined;
  const shaped = options.map((option) => ({ option, form: comparable(String(option)) }));
  const exact = shaped.find(({ form }) => form === said);
  if (exact) return exact.option;
  const within = shaped.filter(({ form }) => form !== '' && ` ${said} `.includes(` ${form} `));
  if (within.length === 1) return within[0]?.option;
  const begun = said.length < 3 ? [] : shaped.filter(({ form }) => form.startsWith(said));
  return begun.length === 1 ? begun[0]?.option : undefined;
}

function inRange(value: number, field: Field): Coerced {
  if (field.kind === 'integer' && !Number.isInteger(value)) return bad('it must be a whole number');
  if (value < field.minimum) return bad(`it must be at least ${field.minimum}`);
  if (value > field.maximum) return bad(`it must be at most ${field.maximum}`);
  return good(value);
}

function items(text: string, field: Field, now: Date | undefined): Coerced {
  const item = field.item;
  if (item === undefined) return bad('it must be a list');
  if (text.length > listCharactersMax) return bad('it is too long');
  const parts = text
    .split(item.kind === 'text' ? /\s*[;\n]\s*|\s*,\s*/ : /\s*[,;\n]\s*(?:and\s+)?|\s+(?:and|&)\s+/)
    .map((part) => part.replace(/^["'“‘]|["'”’]$/g, '').trim())
    .filter((part) => part !== '')
    .slice(0, 100);
  const values: unknown[] = [];
  for (const part of parts) {
    const one = coerce(part, item, now);
    if (!one.ok) return one;
    values.push(one.value);
  }
  return values.length > 0 ? good(values) : bad('it must have at least one item');
}

function plainText(text: string, field: Field): Coerced {
  const value = text.trim();
  if (value.length < Math.max(1, field.lengthMin)) return bad('it is too short');
  if (value.length > field.lengthMax) return bad(`it must have at most ${field.lengthMax} characters`);
  return good(value);
}

function found<T>(value: T | undefined, why: string): Coerced {
  return value === undefined ? bad(why) : good(value);
}

/** What a person wrote → the field's type. Never throws; `why` completes a sentence for the person. */
export function coerce(text: string, field: Field, now?: Date): Coerced {
  switch (field.kind) {
    case 'integer':
    case 'number': {
      const value = readNumber(text, field.label);
      return value === undefined ? bad('it must be a number') : inRange(value, field);
    }
    case 'boolean': {
      const word = normalise(text.trim().split(/\s+/)[0] ?? '');
      return yes.has(word) ? good(true) : no.has(word) ? good(false) : bad('it must be yes or no');
    }
    case 'enum':
      return found(readOption(text, field.options), `it must be one of ${field.options.slice(0, 8).join(', ')}`);
    case 'email': {
      const address = text
        .split(/\s+/)
        .map((word) => word.replace(/^[<(]+|[>).,;!?]+$/g, ''))
        .find(isEmail);
      return found(address, 'it must be an e-mail address');
    }
    case 'url':
      return found(readUrl(text.trim()), 'it must be a web address');
    case 'date':
      return found(readDate(text, now), 'it must be a date such as 2030-01-31');
    case 'time':
      return found(readTime(text), 'it must be a time such as 14:30');
    case 'datetime':
      return found(readDateTime(text, now), 'it must be a date and time such as 2030-01-31 14:30');
    case 'array':
      return items(text, field, now);
    case 'artifact':
      return bad('it must be a file, or something that gives one');
    case 'object':
      return bad('it cannot be said in words');
    default:
      return plainText(text, field);
  }
}

/** Whether a value that came from a program fits the field's type; the agent checks the rest. */
export function fits(value: unknown, field: Field): boolean {
  switch (field.kind) {
    case 'integer':
      return Number.isInteger(value);
    case 'number':
      return typeof value === 'number' && Number.isFinite(value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'enum':
      return field.options.some((option) => option === value);
    case 'array':
      return Array.isArray(value);
    case 'artifact':
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    default:
      return typeof value === 'string';
  }
}
