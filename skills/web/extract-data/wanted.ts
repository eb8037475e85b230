// What is looked for on a page: named fields, or the properties of a JSON Schema.

export type WantedType = 'any' | 'string' | 'number' | 'integer' | 'boolean' | 'array';

export interface Wanted {
  readonly name: string;
  readonly type: WantedType;
  /** Where the schema lists them: no other value is one. */
  readonly options: readonly unknown[] | undefined;
}

export interface Wish {
  readonly fields: readonly Wanted[];
  /** Many things of one kind, and not one. */
  readonly many: boolean;
}

type Json = Readonly<Record<string, unknown>>;

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const types: readonly WantedType[] = ['string', 'number', 'integer', 'boolean', 'array'];

function wantedOf(name: string, schema: unknown): Wanted {
  const given = isRecord(schema) ? schema : {};
  const listed = Array.isArray(given['type']) ? given['type'] : [given['type']];
  return {
    name,
    type: types.find((type) => listed.includes(type)) ?? 'any',
    options: Array.isArray(given['enum']) ? given['enum'] : undefined,
  };
}

export function wishOfFields(fields: readonly string[]): Wish {
  return { fields: fields.map((name) => wantedOf(name, {})), many: false };
}

/** An object with properties, or a list of such; undefined for any other schema. */
export function wishOfSchema(schema: Json): Wish | undefined {
  const many = schema['type'] === 'array';
  const object = many ? schema['items'] : schema;
  const properties = isRecord(object) ? object['properties'] : undefined;
  if (!isRecord(properties) || Object.keys(properties).length === 0) return undefined;
  return { fields: Object.entries(properties).map(([name, property]) => wantedOf(name, property)), many };
}
