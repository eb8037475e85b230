// The very request that an input makes: the same for the person who approves it and for the API that gets it.
import { type ApiRequest, SkillError } from '@switchboard/contract';
import type { InputField } from './input-fields.ts';
import { isRecord } from './json.ts';
import type { Operation, Parameter } from './read-operation.ts';

type Pair = readonly [name: string, value: string];
export type BuiltRequest = Pick<ApiRequest, 'method' | 'path' | 'query' | 'headers' | 'body'>;

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** `simple`: members of an object are `k,v`, or `k=v` when exploded. */
function simple(value: unknown, { explode }: Parameter): string {
  if (Array.isArray(value)) return value.map(textOf).join(',');
  if (!isRecord(value)) return textOf(value);
  return Object.entries(value)
    .map(([name, member]) => `${name}${explode ? '=' : ','}${textOf(member)}`)
    .join(',');
}

const separators: Partial<Record<Parameter['style'], string>> = { spaceDelimited: ' ', pipeDelimited: '|' };

/** RFC 6570 as far as OpenAPI uses it. */
function queryOf(parameter: Parameter, value: unknown): Pair[] {
  const { name, style, explode } = parameter;
  if (style === 'json') return [[name, JSON.stringify(value)]];
  if (style === 'deepObject' && isRecord(value)) {
    return Object.entries(value).map(([member, one]) => [`${name}[${member}]`, textOf(one)]);
  }
  if (Array.isArray(value)) {
    if (explode) return value.map((one) => [name, textOf(one)]);
    return [[name, value.map(textOf).join(separators[style] ?? ',')]];
  }
  if (isRecord(value)) {
    if (explode) return Object.entries(value).map(([member, one]) => [member, textOf(one)]);
    return [[name, Object.entries(value).flat().map(textOf).join(',')]];
  }
  return [[name, textOf(value)]];
}

/** One part of a path: `..` would lead out of where the operator sent it, however it is encoded. */
function segmentOf(parameter: Parameter, value: unknown): string {
  const text = parameter.style === 'json' ? JSON.stringify(value) : simple(value, parameter);
  if (text === '' || /^\.{1,2}$/.test(text)) {
    throw new SkillError('not-accepted', `${parameter.name} cannot be ${text === '' ? 'empty' : text}`);
  }
  return encodeURIComponent(text);
}

/** A line break would begin another header. */
function headerOf(parameter: Parameter, value: unknown): string {
  const text = parameter.style === 'json' ? JSON.stringify(value) : simple(value, parameter);
  if (/[^\t\x20-\x7e\x80-\xff]/.test(text)) {
    throw new SkillError('not-accepted', `${parameter.name} holds a character that no header can hold`);
  }
  return text;
}

function bodyOf(operation: Operation, whole: unknown, members: readonly (readonly [string, unknown])[]) {
  const { body } = operation;
  if (body === undefined) return undefined;
  const { mediaType, kind } = body;
  if (whole === undefined && members.length === 0 && !body.required) return undefined;
  const value = whole ?? Object.fromEntries(members);
  if (kind === 'text') return { mediaType, text: textOf(value) };
  if (kind === 'json') return { mediaType, text: JSON.stringify(value) };
  const pairs = Object.entries(isRecord(value) ? value : {}).flatMap(([name, member]): [string, string][] =>
    Array.isArray(member) ? member.map((one) => [name, textOf(one)]) : [[name, textOf(member)]],
  );
  return { mediaType, text: new URLSearchParams(pairs).toString() };
}

/** Throws SkillError `not-accepted` for a value that has no place in a path or a header. */
export function buildRequest(
  operation: Operation,
  fields: readonly InputField[],
  input: Readonly<Record<string, unknown>>,
): BuiltRequest {
  let { path } = operation;
  const query: Pair[] = [];
  const headers: Record<string, string> = {};
  const members: [string, unknown][] = [];
  let whole: unknown;
  for (const { name, place } of fields) {
    const value = input[name];
    if (value === undefined) continue;
    if (place.kind === 'body') whole = value;
    else if (place.kind === 'member') members.push([place.name, value]);
    else if (place.parameter.in === 'query') query.push(...queryOf(place.parameter, value));
    else if (place.parameter.in === 'header') headers[place.parameter.name] = headerOf(place.parameter, value);
    else path = path.replace(`{${place.parameter.name}}`, () => segmentOf(place.parameter, value));
  }
  const body = bodyOf(operation, whole, members);
  return { method: operation.method, path, query, headers, ...(body && { body }) };
}
