// An element as plain text that reads like the page: paragraphs, headings, lists, rows.
import { type DomElement, type DomNode, isElement } from './dom.ts';

const unread = new Set([
  'SCRIPT',
  'STYLE',
  'NOSCRIPT',
  'TEMPLATE',
  'SVG',
  'CANVAS',
  'IFRAME',
  'OBJECT',
  'HEAD',
  'SELECT',
]);
const paragraphs = new Set(
  'P DIV SECTION ARTICLE MAIN HEADER FOOTER ASIDE NAV UL OL DL TABLE FORM FIELDSET FIGURE BLOCKQUOTE DETAILS H1 H2 H3 H4 H5 H6'.split(
    ' ',
  ),
);
const lines = new Set('LI TR DT DD CAPTION FIGCAPTION LEGEND SUMMARY OPTION ADDRESS'.split(' '));
/** They stand apart on the screen, also where nothing is between them. */
const apart = new Set(['BUTTON', 'LABEL', 'OPTION']);
/** A hostile page may nest deeper than any stack. */
const depthMax = 500;

export function isHidden(element: DomElement): boolean {
  const style = element.getAttribute('style') ?? '';
  return (
    element.hasAttribute('hidden') ||
    element.getAttribute('aria-hidden') === 'true' ||
    /display\s*:\s*none|visibility\s*:\s*hidden/i.test(style)
  );
}

function mark(tag: string): string {
  if (tag === 'LI') return '- ';
  const level = /^H([1-6])$/.exec(tag)?.[1];
  return level === undefined ? '' : `${'#'.repeat(Number(level))} `;
}

/** Spaces and blank lines as a reader expects them. */
function tidied(text: string): string {
  return text
    .replace(/[ \t\f\v\u00a0]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .replace(/^(#+|-) *\n+/gm, '')
    .trim();
}

export function plainText(root: DomElement): string {
  const pieces: string[] = [];
  const walk = (node: DomNode, depth: number, kept: boolean): void => {
    if (node.nodeType === 3) {
      const text = node.textContent ?? '';
      pieces.push(kept ? text : text.replace(/\s+/g, ' '));
      return;
    }
    if (!isElement(node) || depth > depthMax) return;
    const tag = node.tagName.toUpperCase();
    if (unread.has(tag) || isHidden(node)) return;
    if (tag === 'BR') return void pieces.push('\n');
    const around = paragraphs.has(tag) || tag === 'PRE' ? '\n\n' : lines.has(tag) ? '\n' : apart.has(tag) ? ' ' : '';
    pieces.push(around, mark(tag));
    for (const child of node.childNodes) walk(child, depth + 1, kept || tag === 'PRE');
    if (tag === 'TD' || tag === 'TH') pieces.push(' | ');
    pieces.push(around);
  };
  walk(root, 0, false);
  return tidied(pieces.join('').replace(/ \| *(?=\n)/g, ''));
}
