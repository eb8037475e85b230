// How numbers, names and lists read to a person.

const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const;
/** What a person is shown of a list; an agent cuts what is said after 20,000 characters without knowing where. */
const linesMax = 200;
const listCharactersMax = 12_000;

/** 8 → `8 B`, 1234 → `1.2 kB`, 15_000_000 → `15 MB`. */
export function sizeOf(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit > 0 && value < 9.95 ? 1 : 0;
  return `${value.toFixed(digits)} ${units[unit]}`;
}

/** `1 file`, `2 files`, `0 files`. */
export function countOf(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}

/** `a, b and c` */
export function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

/** An ISO time, to the minute. */
export function timeOf(iso: string): string {
  return `${iso.slice(0, 16).replace('T', ' ')} UTC`;
}

/** What a terminal would obey or a reader would not see; but not the joiners that scripts and emoji are written with. */
const unseen = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
const unseenInText = /(?![\n\t\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

function visibly(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/** Makes it visible: a name must not pass for another one. */
export function printable(name: string): string {
  return name.replace(unseen, visibly);
}

/** The same for a text of several lines: it must not write over what is said around it. */
export function printableText(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(unseenInText, visibly);
}

/** The workspace has no name of its own. */
export function placeName(path: string): string {
  return path === '.' ? 'the workspace' : printable(path);
}

/** The same, at the start of a sentence. */
export function placeNameFirst(path: string): string {
  return path === '.' ? 'The workspace' : printable(path);
}

/** Indented lines with aligned columns. */
export function table(rows: readonly (readonly string[])[]): string {
  const shown = rows.slice(0, linesMax);
  const widths = (shown[0] ?? []).map((_, column) => Math.max(...shown.map((row) => row[column]?.length ?? 0)));
  const lines = shown.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  );
  return withinLimits(lines, rows.length);
}

/** As many of the lines as a person is shown; when some of all `total` are left out, it says how many. */
export function withinLimits(lines: readonly string[], total = lines.length): string {
  let left = listCharactersMax;
  const end = lines.slice(0, linesMax).findIndex((line) => {
    left -= line.length + 1;
    return left < 0;
  });
  const shown = lines.slice(0, end === -1 ? linesMax : end);
  return [...shown, ...(total > shown.length ? [`  … and ${total - shown.length} more`] : [])].join('\n');
}
