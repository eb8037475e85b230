// What a person or a model gives to call an operation: parameters and body as one flat object of fields.
import type { SchemaCollector } from './collect-schema.ts';
import { withDefinitions } from './collect-schema.ts';
import { isRecord, type Json, membersOf, resolve, shortly } from './json.ts';
import type { Body, Operation, Parameter } from './read-operation.ts';
import { visible } from './say-json.ts';
import { plainWords } from './words.ts';

/** Where a field's value goes. */
export type Place =
  | { readonly kind: 'parameter'; readonly parameter: Parameter }
  /** A member of the body. */
  | { readonly kind: 'member'; readonly name: string }
  | { readonly kind: 'body' };

export interface InputField {
  readonly name: string;
  readonly place: Place;
  readonly required: boolean;
  readonly schema: Json;
  /** A password, say: it never reaches a log or an event. */
  readonly secret: boolean;
}

const charactersMax = 20_000;
const itemsMax = 1_000;
/** A larger schema of one field is announced by its type alone: the API checks the rest. */
const schemaBytesMax = 4_000;
const fieldsMax = 60;
const membersMax = 100;

/** A field may be a slot of a sentence: its name is one word. */
function fieldName(name: string): string {
  if (/^[\p{L}_][\p{L}\p{N}_-]{0,60}$/u.test(name)) return name;
  const [first = '', ...rest] = name.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');
  const joined = first.toLowerCase() + rest.map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`).join('');
  return /^[\p{L}]/u.test(joined) ? joined.slice(0, 60) : `field${joined.slice(0, 50)}`;
}

function typeOf(schema: Json | boolean, $defs: Readonly<Record<string, unknown>>): unknown {
  if (!isRecord(schema)) return undefined;
  const reference = schema['$ref'];
  const target = typeof reference === 'string' ? $defs[reference.slice('#/$defs/'.length)] : schema;
  return isRecord(target) ? target['type'] : undefined;
}

/** The field's schema with a description and limits; too large a one is cut down to its type. */
function fieldSchema(collector: SchemaCollector, given: unknown, name: string, description: string | undefined): Json {
  const collected = collector.collect(given ?? true);
  const whole = isRecord(collected) ? collected : {};
  const type = typeOf(whole, collector.$defs);
  const fits = JSON.stringify(withDefinitions(whole, collector.$defs)).length <= schemaBytesMax;
  const schema: Record<string, unknown> = fits ? { ...whole } : { ...(type !== undefined && { type }) };
  schema['description'] = shortly(visible(description ?? textIn(whole['description']) ?? plainWords(name)), 300);
  if (schema['type'] === 'string' && schema['enum'] === undefined) schema['maxLength'] ??= charactersMax;
  if (schema['type'] === 'array') schema['maxItems'] ??= itemsMax;
  return schema;
}

function textIn(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function isSecret(name: string, schema: Json | undefined): boolean {
  return schema?.['format'] === 'password' || /pass(word|phrase)|secret|api_?key|(^|_)token$/i.test(name);
}

interface Shape {
  readonly properties: ReadonlyMap<string, unknown>;
  readonly required: ReadonlySet<string>;
}

/** The members of a body that is an object, put together over `allOf`; undefined for any other body. */
function shapeOf(document: Json, given: unknown, seen = new Set<Json>()): Shape | undefined {
  const schema = resolve(document, given);
  if (schema === undefined || seen.has(schema)) return undefined;
  seen.add(schema);
  const properties = new Map<string, unknown>();
  const required = new Set<string>();
  const parts = Array.isArray(schema['allOf']) ? schema['allOf'] : [];
  for (const part of parts) {
    const shape = shapeOf(document, part, seen);
    if (shape === undefined) return undefined;
    for (const [name, member] of shape.properties) properties.set(name, member);
    for (const name of shape.required) required.add(name);
  }
  for (const [name, member] of membersOf(schema['properties'])) properties.set(name, member);
  if (Array.isArray(schema['required'])) {
    for (const name of schema['required']) if (typeof name === 'string') required.add(name);
  }
  const open = isRecord(schema['additionalProperties']) && properties.size === 0;
  if (open || (properties.size === 0 && parts.length === 0)) return undefined;
  return { properties, required };
}

function bodyFields(document: Json, collector: SchemaCollector, body: Body): InputField[] {
  const shape = body.kind === 'text' ? undefined : shapeOf(document, body.schema);
  if (shape === undefined || shape.properties.size > membersMax) {
    const given = body.kind === 'text' ? { type: 'string', maxLength: charactersMax } : body.schema;
    const schema = fieldSchema(collector, given, 'body', body.description ?? 'what is sent');
    return [{ name: 'body', place: { kind: 'body' }, required: body.required, schema, secret: false }];
  }
  return [...shape.properties].flatMap(([name, given]): InputField[] => {
    const known = resolve(document, given);
    if (isRecord(given) && (given['readOnly'] === true || known?.['readOnly'] === true)) return [];
    const required = body.required && shape.required.has(name);
    const schema = fieldSchema(collector, given, name, undefined);
    const secret = isSecret(name, known) || known?.['writeOnly'] === true;
    return [{ name: fieldName(name), place: { kind: 'member', name }, required, schema, secret }];
  });
}

/** `header x-api-key`: a parameter by its place and name. */
export function parameterPlace({ in: place, name }: Pick<Parameter, 'in' | 'name'>): string {
  return `${place} ${place === 'header' ? name.toLowerCase() : name}`;
}

/**
 * Required fields first. Names are unique; past the limit optional ones are left out. `filledIn`: parameters that are the
 * agent's own, such as its key.
 */
export function inputFields(
  document: Json,
  collector: SchemaCollector,
  operation: Operation,
  filledIn: ReadonlySet<string>,
): InputField[] {
  const asked = operation.parameters.filter((parameter) => !filledIn.has(parameterPlace(parameter)));
  const given: InputField[] = asked.map((parameter) => ({
    name: fieldName(parameter.name),
    place: { kind: 'parameter', parameter },
    required: parameter.required,
    schema: fieldSchema(collector, parameter.schema, parameter.name, parameter.description),
    secret: isSecret(parameter.name, resolve(document, parameter.schema)),
  }));
  if (operation.body !== undefined) given.push(...bodyFields(document, collector, operation.body));
  const sorted = [...given.filter(({ required }) => required), ...given.filter(({ required }) => !required)];
  const needed = sorted.filter(({ required }) => required).length;
  const taken = new Set<string>();
  return sorted.slice(0, Math.max(needed, fieldsMax)).map((field) => {
    let { name } = field;
    if (taken.has(name)) name = field.place.kind === 'parameter' ? `${name}Parameter` : `${name}Body`;
    for (let count = 2; taken.has(name); count++) name = `${field.name}${count}`;
    taken.add(name);
    return { ...field, name };
  });
}

/** JSON Schema 2020-12 of the whole input: nothing beside the fields. */
export function inputSchema(fields: readonly InputField[], collector: SchemaCollector): Json {
  const properties = Object.fromEntries(
    fields.map(({ name, schema, required }) => [name, givenSchema(schema, required)]),
  );
  const required = fields.filter((field) => field.required).map(({ name }) => name);
  const schema = { type: 'object', properties, ...(required.length > 0 && { required }), additionalProperties: false };
  return withDefinitions(schema, collector.$defs);
}

/** What has to be given has no default: whoever reads one takes the field for optional. */
function givenSchema(schema: Json, required: boolean): Json {
  if (!required) return schema;
  const { default: _default, ...rest } = schema;
  return rest;
}
