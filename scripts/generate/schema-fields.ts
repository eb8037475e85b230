// A JSON Schema as rows that a person can read: path, type, whether it must be there, and its limits.
import { conciseSchema, invocationIdSchema, nameSchema, versionSchema } from '@switchboard/contract';
import { z } from 'zod';
import { code, table } from './markdown.ts';

export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** Schemas that have a section of their own: they are linked to, not repeated. */
export type Shapes = Readonly<Record<string, z.ZodType>>;

const rulesOfNames = new Map(
  [
    [nameSchema, 'name'] as const,
    [versionSchema, 'version'] as const,
    [invocationIdSchema, 'invocation id'] as const,
  ].map(([schema, name]) => [z.toJSONSchema(schema).pattern, name]),
);

/** `io`: as it is given, or as it comes out. */
export function toJsonSchema(schema: z.ZodType, io: 'input' | 'output', shapes: Shapes = {}): JsonSchema {
  const metadata = z.registry<{ id: string }>();
  // What is described is spelled out, even when it has a name.
  for (const [id, shape] of Object.entries(shapes)) if (shape !== schema) metadata.add(shape, { id });
  return z.toJSONSchema(schema, { io, metadata, override: conciseSchema });
}

/** Not `true`, `false` or a list: those are not made from zod's objects. */
const isSchema = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const unionOf = (schema: JsonSchema): JsonSchema[] => (schema.anyOf ?? schema.oneOf ?? []).filter(isSchema);
const itemOf = ({ items }: JsonSchema): JsonSchema | undefined => (isSchema(items) ? items : undefined);

function typeOf(schema: JsonSchema): string {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1);
    // What holds itself, such as JSON, and has no name but the one that it was given on the way.
    if (name.startsWith('__')) return 'any';
    return `[${name}](#${name.toLowerCase()})`;
  }
  if (schema.const !== undefined) return code(String(schema.const));
  if (schema.enum !== undefined) return schema.enum.map((value) => code(String(value))).join(', ');
  const union = unionOf(schema);
  if (union.length > 0) return [...new Set(union.map(typeOf))].join(' or ');
  if (schema.format === 'uuid') return 'id';
  if (schema.format === 'date-time') return 'time';
  if (schema.format === 'uri') return 'address';
  if (schema.pattern !== undefined && rulesOfNames.has(schema.pattern)) return rulesOfNames.get(schema.pattern) ?? '';
  if (schema.type === 'array') return `list of ${typeOf(itemOf(schema) ?? {})}`;
  if (isSchema(schema.additionalProperties) && schema.properties === undefined) {
    return `map to ${typeOf(schema.additionalProperties)}`;
  }
  return [schema.type ?? 'any'].flat().join(' or ');
}

function range(low: number | undefined, high: number | undefined, unit: string): string[] {
  if (low !== undefined && low === high) return [`${low}${unit}`];
  if (low !== undefined && high !== undefined) return [`${low} to ${high}${unit}`];
  if (low !== undefined) return low === 0 && unit !== '' ? [] : [`at least ${low}${unit}`];
  return high === undefined ? [] : [`at most ${high}${unit}`];
}

function limitsOf(schema: JsonSchema): string {
  const named = schema.pattern !== undefined && rulesOfNames.has(schema.pattern);
  const item = itemOf(schema);
  return [
    ...range(schema.minimum, schema.maximum, ''),
    ...(named ? [] : range(schema.minLength, schema.maxLength, ' characters')),
    ...(named || schema.pattern === undefined ? [] : [`matches ${code(schema.pattern)}`]),
    ...range(schema.minItems, schema.maxItems, ' items'),
    ...(schema.default === undefined ? [] : [`default ${code(JSON.stringify(schema.default))}`]),
    ...(item === undefined || limitsOf(item) === '' ? [] : [`each ${limitsOf(item)}`]),
  ].join('; ');
}

/** What tells the members of a union apart: `kind: choice`. */
function labelOf(variant: JsonSchema, all: readonly JsonSchema[]): string {
  const fixed = (schema: JsonSchema | undefined): readonly unknown[] =>
    schema?.enum ?? (schema?.const === undefined ? [] : [schema.const]);
  const properties = Object.keys(variant.properties ?? {});
  const key = properties.find((name) => {
    const values = all.map((one) => fixed(propertyOf(one, name)));
    return values.every((value) => value.length > 0) && new Set(values.map(String)).size === all.length;
  });
  if (key === undefined) return properties.join(', ');
  return `${key}: ${fixed(propertyOf(variant, key)).join(', ')}`;
}

function propertyOf(schema: JsonSchema, name: string): JsonSchema | undefined {
  const property = schema.properties?.[name];
  return isSchema(property) ? property : undefined;
}

const objectsOf = (schema: JsonSchema): JsonSchema[] => unionOf(schema).filter((one) => one.properties !== undefined);

/** The rows beneath a value: the members of an object, of each item, of each kind of a union. */
function rowsBeneath(path: string, schema: JsonSchema): string[][] {
  const item = itemOf(schema);
  if (item !== undefined) return rowsBeneath(`${path}[]`, item);
  const objects = objectsOf(schema);
  if (objects.length === 1) return objects.flatMap((one) => rowsOf(one, path));
  return objects.length > 1
    ? objects.flatMap((one) => rowsOf(one, `${path}(${labelOf(one, objects)})`))
    : rowsOf(schema, path);
}

function rowsOf(schema: JsonSchema, prefix: string): string[][] {
  const required = new Set(schema.required);
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    if (!isSchema(property)) return [];
    const path = prefix === '' ? name : `${prefix}.${name}`;
    const details = [property.description ?? '', limitsOf(property)].filter((part) => part !== '').join('; ');
    return [[code(path), typeOf(property), required.has(name) ? 'yes' : '', details], ...rowsBeneath(path, property)];
  });
}

const columns = ['Field', 'Type', 'Required', 'Notes'];

/** One table for an object; for a union of objects one for each, named by what tells them apart. */
export function fieldTables(schema: JsonSchema): string {
  const objects = objectsOf(schema);
  if (objects.length === 0) {
    if (schema.properties === undefined) return typeOf(schema);
    return table(columns, rowsOf(schema, '')) || 'Nothing.';
  }
  return objects
    .map((one) => `With ${code(labelOf(one, objects))}:\n\n${table(columns, rowsOf(one, ''))}`)
    .join('\n\n');
}
