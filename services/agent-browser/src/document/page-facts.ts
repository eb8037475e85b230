// What a page says in a form that programs can read: meta, JSON-LD, microdata, tables, lists and named values.
import type { PageFacts, PageTable } from '@switchboard/contract';
import { type DomDocument, type DomElement, lineOf, parseDocument } from './dom.ts';
import { baseOf, titleOf } from './readable.ts';

const metaMax = 200;
const blocksMax = 50;
const tablesMax = 50;
const rowsMax = 1000;
const columnsMax = 50;
const listsMax = 100;
const itemsMax = 500;
const pairsMax = 500;
const textCharactersMax = 2000;
/** A line with a colon is a name and a value only when both are short. */
const pairCharactersMax = 120;

function textOf(element: DomElement): string {
  return lineOf(element).slice(0, textCharactersMax);
}

function metaOf(document: DomDocument): Record<string, string> {
  const found: [string, string][] = [];
  for (const meta of document.querySelectorAll('meta[content]')) {
    const name = meta.getAttribute('property') ?? meta.getAttribute('name') ?? meta.getAttribute('itemprop');
    if (name !== null)
      found.push([name.toLowerCase(), (meta.getAttribute('content') ?? '').slice(0, textCharactersMax)]);
    if (found.length >= metaMax) break;
  }
  return Object.fromEntries(found);
}

type Item = Record<string, unknown>;

function isItem(value: unknown): value is Item {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A block holds one object, a list of them, or a graph of them. */
function objectsIn(value: unknown): Item[] {
  if (Array.isArray(value)) return value.flatMap(objectsIn);
  if (!isItem(value)) return [];
  return Array.isArray(value['@graph']) ? objectsIn(value['@graph']) : [value];
}

function jsonLdOf(document: DomDocument): Item[] {
  const blocks = Array.from(document.querySelectorAll('script[type="application/ld+json"]')).slice(0, blocksMax);
  const objects = blocks.flatMap((block) => {
    try {
      return objectsIn(JSON.parse(block.textContent ?? ''));
    } catch {
      return [];
    }
  });
  return objects.slice(0, itemsMax);
}

/** Where the standard says that the value of a property stands (HTML, 5.2.4). */
function propertyValue(element: DomElement, base: string): string {
  const attribute = ['content', 'datetime', 'href', 'src', 'data', 'value'].find((name) => element.hasAttribute(name));
  if (attribute === undefined) return textOf(element);
  const value = (element.getAttribute(attribute) ?? '').slice(0, textCharactersMax);
  const isAddress = attribute === 'href' || attribute === 'src' || attribute === 'data';
  return isAddress ? (URL.parse(value, base)?.href ?? value) : value;
}

function itemOf(scope: DomElement, base: string, depth: number): Item {
  const item: Item = {};
  const type = scope
    .getAttribute('itemtype')
    ?.split(/[\s/]+/)
    .findLast((part) => part !== '');
  if (type !== undefined) item['@type'] = type;
  for (const element of scope.querySelectorAll('[itemprop]')) {
    // Of an item within this one, unless it is that item itself.
    if (element.parentElement?.closest('[itemscope]') !== scope) continue;
    const nested = element.hasAttribute('itemscope') && depth < 4;
    const value = nested ? itemOf(element, base, depth + 1) : propertyValue(element, base);
    for (const name of (element.getAttribute('itemprop') ?? '').split(/\s+/).filter(Boolean)) item[name] ??= value;
  }
  return item;
}

function microdataOf(document: DomDocument, base: string): Item[] {
  const scopes = Array.from(document.querySelectorAll('[itemscope]:not([itemprop])')).slice(0, itemsMax);
  return scopes.map((scope) => itemOf(scope, base, 0)).filter((item) => Object.keys(item).length > 0);
}

function tableOf(table: DomElement): PageTable | undefined {
  // A table within a cell is a table of its own.
  const own = Array.from(table.querySelectorAll('tr')).filter((row) => row.closest('table') === table);
  const rows = own.slice(0, rowsMax).map((row) => Array.from(row.children).slice(0, columnsMax));
  const [first] = rows;
  if (first === undefined) return undefined;
  const headed = first.length > 1 && first.every((cell) => cell.tagName.toUpperCase() === 'TH');
  const caption = lineOf(table.querySelector('caption')).slice(0, 200);
  return {
    columns: headed ? first.map(textOf) : [],
    rows: (headed ? rows.slice(1) : rows).map((row) => row.map(textOf)),
    ...(caption === '' ? {} : { caption }),
  };
}

function listsOf(document: DomDocument): string[][] {
  const lists = Array.from(document.querySelectorAll('ul, ol')).slice(0, listsMax);
  return lists
    .map((list) =>
      Array.from(list.children)
        .slice(0, itemsMax)
        .map(textOf)
        .filter((text) => text !== ''),
    )
    .filter((items) => items.length > 0);
}

type Pair = PageFacts['pairs'][number];

function pairsOf(document: DomDocument, tables: readonly PageTable[]): Pair[] {
  const defined = Array.from(document.querySelectorAll('dl > dt, dl > div > dt')).flatMap((term): Pair[] => {
    const siblings = Array.from(term.parentElement?.children ?? []);
    const next = siblings[siblings.indexOf(term) + 1];
    return next?.tagName.toUpperCase() === 'DD' ? [{ name: textOf(term), value: textOf(next) }] : [];
  });
  const tabled = tables
    .filter(({ columns, rows }) => columns.length === 0 && rows.every((row) => row.length === 2))
    .flatMap(({ rows }) => rows.map(([name = '', value = '']): Pair => ({ name: name.replace(/:$/, ''), value })));
  const lines = Array.from(document.querySelectorAll('p, li, div:not(:has(*)), span:not(:has(*)), label')).slice(
    0,
    5000,
  );
  const spoken = lines.flatMap((line): Pair[] => {
    const [, name = '', value = ''] =
      /^([^:]{1,60}):\s+(\S.*)$/.exec(lineOf(line).slice(0, pairCharactersMax + 1)) ?? [];
    return name === '' || name.length + value.length > pairCharactersMax ? [] : [{ name, value }];
  });
  return [...defined, ...tabled, ...spoken].filter(({ name, value }) => name !== '' && value !== '').slice(0, pairsMax);
}

export function pageFacts(html: string, url: string): Omit<PageFacts, 'url'> {
  const document = parseDocument(html);
  const tables = Array.from(document.querySelectorAll('table')).slice(0, tablesMax);
  const read = tables.flatMap((table) => tableOf(table) ?? []);
  return {
    title: titleOf(document),
    meta: metaOf(document),
    jsonLd: jsonLdOf(document),
    microdata: microdataOf(document, baseOf(document, url)),
    tables: read,
    lists: listsOf(document),
    pairs: pairsOf(document, read),
  };
}
