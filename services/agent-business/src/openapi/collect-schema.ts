// A schema of an OpenAPI document as JSON Schema that stands by itself: what it refers to comes along under `$defs`.
import { isRecord, type Json, lookUp, membersOf, shortly } from './json.ts';

/** Whether it says what may be sent or what is answered: `readOnly` and `writeOnly` fields are not on both sides. */
export type Side = 'input' | 'output';

const descriptionCharactersMax = 160;

/**
 * Kept as they are. Not among them: `pattern` and `uniqueItems`, because a stranger's regular expression or a long list
 * could keep whoever checks it busy for ever; the API checks them itself.
 */
const plain = [
  'type',
  'enum',
  'const',
  'required',
  'format',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
  'default',
] as const;
const single = ['items', 'additionalProperties', 'not', 'contains'] as const;
const listed = ['allOf', 'anyOf', 'oneOf', 'prefixItems'] as const;
const bounds = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'];

export interface SchemaCollector {
  collect(schema: unknown): Json | boolean;
  /** Of everything that it has collected. */
  readonly $defs: Readonly<Record<string, Json | boolean>>;
}

/** Circles are fine: they stay references. Throws nothing; what cannot be understood allows anything. */
export function createCollector(document: Json, side: Side): SchemaCollector {
  // Without a prototype: names are a stranger's.
  const $defs: Record<string, Json | boolean> = Object.create(null);
  const names = new Map<string, string>();

  function define(reference: string): string {
    const known = names.get(reference);
    if (known !== undefined) return known;
    const wished = (reference.split('/').at(-1) ?? '').replace(/[^A-Za-z0-9_.-]+/g, '_').slice(0, 60) || 'schema';
    let name = wished;
    for (let count = 2; Object.hasOwn($defs, name); count++) name = `${wished}-${count}`;
    names.set(reference, name);
    // The place is taken before it is filled: it may refer to itself.
    $defs[name] = true;
    $defs[name] = collect(lookUp(document, reference));
    return name;
  }

  function properties(schema: Json, hidden: ReadonlySet<string>): Record<string, Json | boolean> {
    const shown = membersOf(schema['properties']).filter(([name]) => !hidden.has(name));
    return Object.fromEntries(shown.map(([name, property]) => [name, collect(property)]));
  }

  function collect(value: unknown): Json | boolean {
    if (!isRecord(value)) return value !== false;
    const made: Record<string, unknown> = {};
    const reference = value['$ref'];
    if (typeof reference === 'string' && reference.startsWith('#/')) made['$ref'] = `#/$defs/${define(reference)}`;
    const description = value['description'];
    if (typeof description === 'string') made['description'] = shortly(description, descriptionCharactersMax);
    for (const keyword of plain) if (isSound(keyword, value[keyword])) made[keyword] = value[keyword];
    const hidden = hiddenFields(value, side);
    if (isRecord(value['properties'])) made['properties'] = properties(value, hidden);
    if (Array.isArray(made['required'])) {
      made['required'] = [...new Set(made['required'])].filter((name) => !hidden.has(name));
    }
    if (Array.isArray(made['enum'])) made['enum'] = distinct(made['enum']);
    for (const keyword of single) if (value[keyword] !== undefined) made[keyword] = collect(value[keyword]);
    for (const keyword of listed) {
      const branches = value[keyword];
      if (Array.isArray(branches) && branches.length > 0) made[keyword] = branches.map(collect);
    }
    // Without the patterns themselves, nothing may be refused for lying beside them.
    if (isRecord(value['patternProperties'])) delete made['additionalProperties'];
    return made;
  }

  return { collect, $defs };
}

function hiddenFields(schema: Json, side: Side): ReadonlySet<string> {
  const mark = side === 'input' ? 'readOnly' : 'writeOnly';
  const hidden = membersOf(schema['properties']).filter(([, field]) => isRecord(field) && field[mark] === true);
  return new Set(hidden.map(([name]) => name));
}

function distinct(values: readonly unknown[]): unknown[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}

const types = ['string', 'number', 'integer', 'boolean', 'array', 'object', 'null'];

/** Documents hold things that no validator of schemas would take. */
function isSound(keyword: (typeof plain)[number], value: unknown): boolean {
  if (value === undefined) return false;
  if (keyword === 'type') {
    const all = Array.isArray(value) ? value : [value];
    return all.length > 0 && new Set(all).size === all.length && all.every((one) => types.includes(one));
  }
  if (keyword === 'enum') return Array.isArray(value) && value.length > 0;
  if (keyword === 'required') return Array.isArray(value) && value.every((one) => typeof one === 'string');
  if (keyword === 'format') return typeof value === 'string';
  if (keyword === 'multipleOf') return typeof value === 'number' && value > 0;
  if (bounds.includes(keyword)) return typeof value === 'number';
  if (keyword.startsWith('min') || keyword.startsWith('max')) return Number.isInteger(value) && Number(value) >= 0;
  return true;
}

/** The same with only those definitions that it leads to. */
export function withDefinitions(schema: Json, $defs: Readonly<Record<string, Json | boolean>>): Json {
  const needed: Record<string, Json | boolean> = Object.create(null);
  const waiting: unknown[] = [schema];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (Array.isArray(at)) waiting.push(...at);
    else if (isRecord(at)) {
      for (const [keyword, member] of Object.entries(at)) {
        const name = keyword === '$ref' && typeof member === 'string' ? member.slice('#/$defs/'.length) : undefined;
        if (name === undefined) waiting.push(member);
        else if (!Object.hasOwn(needed, name)) {
          needed[name] = $defs[name] ?? true;
          waiting.push(needed[name]);
        }
      }
    }
  }
  return Object.keys(needed).length === 0 ? schema : { ...schema, $defs: needed };
}
