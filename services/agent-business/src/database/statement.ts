// What kind of statement a text begins with: for a plain answer, before the database refuses it in its own words.

/** They give rows, and nothing else. */
const giving = new Set(['select', 'with', 'values', 'table', 'show', 'explain']);

/** Past spaces, comments and opening brackets. A comment that does not end ends the text. */
function firstWord(sql: string): string {
  let at = 0;
  for (;;) {
    const rest = sql.slice(at);
    const skipped = /^[\s(]+|^--[^\n]*/.exec(rest)?.[0].length ?? blockComment(rest);
    if (skipped === 0) return /^[a-z_]+/i.exec(rest)?.[0].toLowerCase() ?? '';
    at += skipped;
  }
}

/** Its length; they nest in PostgreSQL. */
function blockComment(text: string): number {
  if (!text.startsWith('/*')) return 0;
  let depth = 0;
  for (const { 0: mark, index } of text.matchAll(/\/\*|\*\//g)) {
    depth += mark === '/*' ? 1 : -1;
    if (depth === 0) return index + 2;
  }
  return text.length;
}

/** Whether it begins as something that gives rows. What follows is for the database to judge. */
export function givesRows(sql: string): boolean {
  return giving.has(firstWord(sql));
}
