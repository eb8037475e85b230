// How JSON reads to a person: a few lines for a thing, a table for a list, and how much is not shown.
import { isRecord, type Json, shortly } from './json.ts';
import { plainWords } from './words.ts';

const rowsMax = 20;
const linesMax = 30;
const columnsMax = 5;
const cellCharactersMax = 40;
const valueCharactersMax = 300;

/** What a terminal would obey or a reader would not see; but not the joiners that scripts and emoji are written with. */
const unseen = /(?![\n\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A stranger's text must not write over what is said around it. */
export function visible(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(unseen, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}

/** What things are known by comes first. */
const telling =
  'id number key code name title label subject status state type amount total price date created_at'.split(' ');

function rankOf(field: string): number {
  const at = telling.indexOf(field.toLowerCase());
  return at === -1 ? telling.length : at;
}

function isScalar(value: unknown): boolean {
  return value === null || typeof value !== 'object';
}

/** On one line. */
function shown(value: unknown, charactersMax: number): string {
  if (value === null || value === undefined) return '-';
  if (typeof value !== 'object') {
    return visible(shortly(typeof value === 'string' ? value : JSON.stringify(value), charactersMax));
  }
  if (Array.isArray(value)) {
    const all = value.every(isScalar) ? value.map((one) => shown(one, charactersMax)).join(', ') : '';
    return all !== '' && all.length <= charactersMax ? all : `${value.length} ${value.length === 1 ? 'item' : 'items'}`;
  }
  if (!isRecord(value)) return '';
  const known = Object.entries(value).filter(([field, member]) => isScalar(member) && rankOf(field) < telling.length);
  const best = known
    .sort(([a], [b]) => rankOf(b) - rankOf(a))
    .find(([field]) => /^(name|title|label|login|id)$/i.test(field));
  return best === undefined ? `${Object.keys(value).length} fields` : shown(best[1], charactersMax);
}

function columnsOf(rows: readonly Json[]): string[] {
  const counts = new Map<string, number>();
  for (const row of rows) {
    for (const [field, value] of Object.entries(row)) {
      if (isScalar(value) && value !== null && value !== '') counts.set(field, (counts.get(field) ?? 0) + 1);
    }
  }
  const common = [...counts].filter(([, count]) => count * 2 >= rows.length).map(([field]) => field);
  // An address is long and says little.
  const readable = common.filter((field) => !/(^|_)(url|href|uri)$|Url$/.test(field));
  const order = new Map(common.map((field, index) => [field, index]));
  const sorted = (readable.length > 0 ? readable : common).sort(
    (a, b) => rankOf(a) - rankOf(b) || (order.get(a) ?? 0) - (order.get(b) ?? 0),
  );
  return sorted.slice(0, columnsMax);
}

function table(rows: readonly Json[]): string[] {
  const columns = columnsOf(rows);
  const head = columns.map((column) => visible(shortly(plainWords(column), cellCharactersMax)));
  const body = rows.map((row) => columns.map((column) => shown(row[column], cellCharactersMax)));
  const widths = columns.map((_, at) => Math.max(...[head, ...body].map((line) => line[at]?.length ?? 0)));
  return [head, ...body].map((line) =>
    `  ${line.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')}`.trimEnd(),
  );
}

function listLines(list: readonly unknown[]): string[] {
  const part = list.slice(0, rowsMax);
  const more = list.length > part.length ? [`  … and ${list.length - part.length} more`] : [];
  const rows = part.filter(isRecord);
  if (rows.length === part.length && columnsOf(rows).length > 0) return [...table(rows), ...more];
  return [...part.map((one) => `  ${shown(one, valueCharactersMax)}`), ...more];
}

function recordLines(value: Json): string[] {
  const fields = Object.entries(value).filter(([, member]) => member !== null && member !== '');
  const lists = fields.filter(([, member]) => Array.isArray(member) && member.some(isRecord));
  const plain = fields.filter(([, member]) => !lists.some(([, list]) => list === member));
  const lines = plain.map(([field, member]) => `  ${visible(plainWords(field))}: ${shown(member, valueCharactersMax)}`);
  const [list] = lists;
  const under =
    list === undefined || !Array.isArray(list[1]) ? [] : [`  ${visible(plainWords(list[0]))}:`, ...listLines(list[1])];
  const more = lines.length > linesMax ? [`  … and ${lines.length - linesMax} more`] : [];
  const others = lists.slice(1).map(([field, member]) => `  ${visible(plainWords(field))}: ${shown(member, 40)}`);
  return [...lines.slice(0, linesMax), ...more, ...others, ...under];
}

/** Never more than some fifty lines. */
export function sayJson(value: unknown): string {
  if (Array.isArray(value)) {
    const count = `${value.length} ${value.length === 1 ? 'item' : 'items'}`;
    return value.length === 0 ? 'There is nothing.' : [`${count}:`, ...listLines(value)].join('\n');
  }
  if (isRecord(value)) return recordLines(value).join('\n') || 'There is nothing in it.';
  return shown(value, 2_000);
}
