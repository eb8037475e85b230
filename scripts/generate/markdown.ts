// Markdown from data: headings, tables and code that read well as text too.
import { header } from './generated.ts';

/** A page: the generated line, the title, and its parts, each apart from the next by an empty line. */
export function page(title: string, ...parts: readonly string[]): string {
  return `<!-- ${header} -->\n\n# ${title}\n\n${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** Back-ticks that hold any text. */
export function code(text: string): string {
  const longest = Math.max(0, ...Array.from(text.matchAll(/`+/g), ([ticks]) => ticks.length));
  const ticks = '`'.repeat(longest + 1);
  const space = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return `${ticks}${space}${text}${space}${ticks}`;
}

export function codeBlock(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}

export function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ').trim();
const row = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;

/** Nothing at all when there are no rows. */
export function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  return [row(columns), row(columns.map(() => '---')), ...rows.map(row)].join('\n');
}
