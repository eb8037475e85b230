// What a skill's input schema says about each field, in the few terms that filling it from a sentence needs.
import { artifactsIn } from '@switchboard/contract';

/** How values of a field look: decides what may stand in its slot and how it is read. */
export type FieldKind =
  | 'text'
  | 'query'
  | 'command'
  | 'name'
  | 'path'
  | 'email'
  | 'url'
  | 'date'
  | 'time'
  | 'datetime'
  | 'number'
  | 'integer'
  | 'boolean'
  | 'enum'
  | 'array'
  /** A file that another step gives. */
  | 'artifact'
  | 'object';

export interface Field {
  readonly name: string;
  /** The name in plain words. */
  readonly label: string;
  readonly description: string;
  readonly kind: FieldKind;
  readonly required: boolean;
  readonly options: readonly (string | number)[];
  /** Of the items, for kind array. */
  readonly item: Field | undefined;
  readonly minimum: number;
  readonly maximum: number;
  readonly lengthMin: number;
  readonly lengthMax: number;
  /** For kind object: what it is, the same for every field of the same shape; a record that another skill may look up. */
  readonly record: string | undefined;
  /** For kind path: folder when the schema speaks of folders only, file when of files only. */
  readonly place: 'file' | 'folder' | 'any';
}

type Json = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Follows $ref, and drops the null of a nullable, at most four times: schemas may refer to themselves. */
function resolve(schema: unknown, root: Json, depth = 0): Json {
  if (!isRecord(schema) || depth > 4) return {};
  const reference = schema['$ref'];
  if (typeof reference === 'string') {
    const found = reference.startsWith('#/')
      ? reference
          .slice(2)
          .split('/')
          .reduce<unknown>((at, key) => (isRecord(at) ? at[key] : undefined), root)
      : undefined;
    return { ...resolve(found, root, depth + 1), ...schema };
  }
  for (const key of ['anyOf', 'oneOf', 'allOf']) {
    const branches = schema[key];
    if (!Array.isArray(branches) || schema['type'] !== undefined) continue;
    const resolved = branches.map((branch) => resolve(branch, root, depth + 1)).filter((b) => b['type'] !== 'null');
    const constants = resolved.flatMap((branch) => ('const' in branch ? [branch['const']] : []));
    if (constants.length > 1) return { ...schema, enum: constants };
    return { ...resolved[0], ...schema };
  }
  return schema;
}

const camel = /([a-z0-9])([A-Z])/g;

/** `dueDate`, `due_date` → `due date`. */
export function plainWords(name: string): string {
  return name
    .replace(camel, '$1 $2')
    .replace(/[_\-.]+/g, ' ')
    .toLowerCase()
    .trim();
}

const byName: readonly (readonly [RegExp, FieldKind])[] = [
  [/\bsql\b/, 'command'],
  [/\b(e ?mail|recipients?)\b/, 'name'],
  [/\b(url|uri|link|web ?site|web ?page)\b/, 'url'],
  [/\b(path|paths|file|files|filename|folder|folders|directory|dir|cwd|target folder)\b/, 'path'],
  [
    /\b(content|contents|text|body|message|msg|note|notes|description|comment|prompt|summary|subject|title|reason|question|caption|details|feedback|reply|answer|task|reminder|memo|statement|paragraph|sentence)\b/,
    'text',
  ],
  [/\b(query|search|term|terms|keyword|keywords|phrase|topic|q|words)\b/, 'query'],
];

function kindOfString(label: string, schema: Json, hint: string): FieldKind {
  const format = schema['format'];
  if (format === 'email' || format === 'idn-email') return 'email';
  if (format === 'uri' || format === 'url' || format === 'iri') return 'url';
  if (format === 'date' || format === 'time') return format;
  if (format === 'date-time') return 'datetime';
  const named = byName.find(([pattern]) => pattern.test(label))?.[1];
  if (named === 'path' || named === undefined) {
    const paths = /\b(path|relative to the workspace|file ?name)\b/.test(hint) || (named === 'path' && hint === '');
    const place = /^(from|to|source|destination|target)$/.test(label) && /\b(file|folder|path|directory)\b/.test(hint);
    if (paths || place || named === 'path') return 'path';
  }
  return named ?? 'name';
}

function kindOf(label: string, schema: Json, options: readonly unknown[]): FieldKind {
  if (options.length > 0) return 'enum';
  if (artifactsIn(schema) === 'one') return 'artifact';
  const type = Array.isArray(schema['type']) ? schema['type'].find((one) => one !== 'null') : schema['type'];
  if (type === 'integer' || type === 'number' || type === 'boolean' || type === 'array' || type === 'object')
    return type;
  const hint = typeof schema['description'] === 'string' ? schema['description'].toLowerCase() : '';
  return kindOfString(label, schema, hint);
}

function placeOf(kind: FieldKind, words: string): Field['place'] {
  if (kind !== 'path') return 'any';
  const folder = /\b(folders?|director(y|ies)|dir)\b/.test(words);
  const file = /\bfiles?\b|\bfilename\b/.test(words);
  return folder === file ? 'any' : folder ? 'folder' : 'file';
}

/** Objects without members of their own are anything, and no record. What is said of a field is not what it holds. */
export function recordOf({ description, ...schema }: Json): string | undefined {
  return isRecord(schema['properties']) ? JSON.stringify(schema) : undefined;
}

function bound(value: unknown, otherwise: number): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : otherwise;
}

function fieldOf(name: string, raw: unknown, root: Json, required: boolean, depth: number): Field {
  const schema = resolve(raw, root);
  const label = plainWords(name);
  const listed = Array.isArray(schema['enum']) ? schema['enum'] : 'const' in schema ? [schema['const']] : [];
  const options = listed.filter((one) => typeof one === 'string' || typeof one === 'number').slice(0, 500);
  const kind = kindOf(label, schema, options);
  const description = typeof schema['description'] === 'string' ? schema['description'] : '';
  return {
    name,
    label,
    description,
    kind,
    required,
    options,
    item: kind === 'array' && depth < 2 ? fieldOf(name, schema['items'], root, true, depth + 1) : undefined,
    minimum: bound(schema['minimum'], bound(schema['exclusiveMinimum'], -Infinity)),
    maximum: bound(schema['maximum'], bound(schema['exclusiveMaximum'], Infinity)),
    lengthMin: bound(schema['minLength'], 0),
    lengthMax: bound(schema['maxLength'], Infinity),
    record: kind === 'object' ? recordOf(schema) : undefined,
    place: placeOf(kind, `${label} ${description.toLowerCase()}`),
  };
}

/** Whether what another step gives belongs in the field: as its value, or in its list. */
export function takesArtifact({ kind, item }: Field): boolean {
  return kind === 'artifact' || (kind === 'array' && item?.kind === 'artifact');
}

/** The fields of an object schema, at most 60. Never throws: what it does not understand is a plain name. */
export function readFields(input: unknown): Field[] {
  if (!isRecord(input)) return [];
  const schema = resolve(input, input);
  const properties = isRecord(schema['properties']) ? schema['properties'] : {};
  const listed = Array.isArray(schema['required']) ? schema['required'] : [];
  const required = new Set(listed.filter((name) => typeof name === 'string'));
  return Object.entries(properties)
    .slice(0, 60)
    .map(([name, property]) => {
      // A field that has a default need not be asked for.
      const needed = required.has(name) && !(isRecord(property) && 'default' in property);
      return fieldOf(name, property, input, needed, 0);
    });
}
