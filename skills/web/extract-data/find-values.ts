// Looks for wanted values among what a page says about itself.
import type { PageFacts } from '@switchboard/contract';
import { readAs } from './read-as.ts';
import type { Wanted, Wish } from './wanted.ts';

/** A name on the page, and what stands there. */
type Said = readonly [name: string, value: unknown];
type Thing = Readonly<Record<string, unknown>>;

const depthMax = 4;

/** `dueDate`, `Due date:`, `og:due_date` → `due date`. */
function words(name: string): string {
  return name
    .replace(/^(og|twitter|product|article|book|profile|dc|schema):/i, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** 2: the same name. 1: it has all the words of the wanted one. 0: another. */
function likeness(said: string, wanted: string): number {
  const [here, there] = [words(said), words(wanted)];
  if (here === there || here.split('.').at(-1) === there) return 2;
  const parts = new Set(here.split(' '));
  return there !== '' && there.split(' ').every((word) => parts.has(word)) ? 1 : 0;
}

/** `{offers: {price: 1}}` says `price` and `offers price`. */
function saidBy(thing: Thing, depth = 0): Said[] {
  return Object.entries(thing).flatMap(([name, value]): Said[] => {
    if (name.startsWith('@')) return [];
    const [first] = Array.isArray(value) ? value : [value];
    const isThing = typeof first === 'object' && first !== null && depth < depthMax;
    const inner = isThing ? saidBy({ ...first }, depth + 1) : [];
    return [[name, value], ...inner, ...inner.map(([within, of]): Said => [`${name} ${within}`, of])];
  });
}

function bestOf(said: readonly Said[], wanted: Wanted): unknown {
  for (const least of [2, 1]) {
    for (const [name, value] of said) {
      if (likeness(name, wanted.name) < least) continue;
      const read = readAs(value, wanted);
      if (read !== undefined) return read;
    }
  }
  return undefined;
}

function oneOf(said: readonly Said[], fields: readonly Wanted[]): Record<string, unknown> {
  const found = fields.map((wanted) => [wanted.name, bestOf(said, wanted)] as const);
  return Object.fromEntries(found.filter(([, value]) => value !== undefined));
}

/** The rows of a table with headings, each as a thing. */
function rowsOf({ columns, rows }: PageFacts['tables'][number]): Thing[] {
  return columns.length === 0 ? [] : rows.map((row) => Object.fromEntries(columns.map((name, at) => [name, row[at]])));
}

/** Things of one kind, wherever the page lists them: `ItemList`, microdata of one type, the rows of a table. */
function groupsOf(facts: PageFacts): Thing[][] {
  const listed = facts.jsonLd.flatMap((thing) => {
    const items: unknown = thing['itemListElement'];
    if (!Array.isArray(items)) return [];
    return [items.map((item: Thing): Thing => (typeof item['item'] === 'object' ? { ...item['item'] } : item))];
  });
  const kinds = Map.groupBy([...facts.jsonLd, ...facts.microdata], (thing) => String(thing['@type']));
  return [...listed, ...kinds.values(), ...facts.tables.map(rowsOf)].filter((group) => group.length > 0);
}

/** The group whose things have most of what is wanted; where two have as much, the longer one. */
function recordsOf(facts: PageFacts, fields: readonly Wanted[]): Record<string, unknown>[] {
  const groups = groupsOf(facts).map((group) => {
    const records = group.map((thing) => oneOf(saidBy(thing), fields)).filter((one) => Object.keys(one).length > 0);
    const width = Math.max(0, ...records.map((record) => Object.keys(record).length));
    return { records, width };
  });
  const [best] = groups.sort((a, b) => b.width - a.width || b.records.length - a.records.length);
  return best?.records ?? [];
}

export interface Found {
  readonly data: Record<string, unknown>;
  readonly records: Record<string, unknown>[];
  readonly missing: string[];
}

/** What the page says of itself as a whole comes first; what stands in the text comes last. */
export function findValues(facts: PageFacts, { fields, many }: Wish): Found {
  const things = [...facts.jsonLd, ...facts.microdata];
  const title: Said[] = ['title', 'name', 'headline'].map((name) => [name, facts.title]);
  const said = [
    ...things.flatMap((thing) => saidBy(thing)),
    ...facts.pairs.map(({ name, value }): Said => [name, value]),
    ...Object.entries(facts.meta),
    ...facts.tables.flatMap((table) =>
      rowsOf(table)
        .slice(0, 1)
        .flatMap((row) => saidBy(row)),
    ),
    ...title,
  ];
  const records = recordsOf(facts, fields);
  const several = many || (records.length > 1 && Object.keys(records[0] ?? {}).length >= Math.min(2, fields.length));
  const data = many ? {} : oneOf(said, fields);
  const have = new Set([...Object.keys(data), ...(several ? records.flatMap((record) => Object.keys(record)) : [])]);
  const missing = fields.map(({ name }) => name).filter((name) => !have.has(name));
  return { data, records: several ? records : [], missing };
}
