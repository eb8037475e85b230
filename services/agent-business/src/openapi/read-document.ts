// An OpenAPI 3.0 or 3.1 document, reduced to the operations in use, validated, and brought to 3.1.
import { isBoundedJson } from '@switchboard/contract';
import { ApiProblem } from './api-problem.ts';
import { isRecord, type Json, lookUp, unescapePointer } from './json.ts';
import type { ListedOperation } from './list-operations.ts';

const versions = /^3\.[01]\.\d+$/;
const problemsMax = 3;
/** Nobody describes anything deeper, and what walks a document level by level would run out of stack. */
const levelsMax = 150;
/** Where references may lead: also a name such as `__proto__` is nothing else than a name then. */
const componentKinds = [
  'schemas',
  'responses',
  'parameters',
  'examples',
  'requestBodies',
  'headers',
  'links',
  'pathItems',
];

/** Throws ApiProblem for anything but OpenAPI 3.0 and 3.1. */
export function checkVersion(value: unknown): Json {
  if (!isRecord(value)) throw new ApiProblem('the document is no OpenAPI document');
  if (!isBoundedJson(value, levelsMax)) throw new ApiProblem(`the document is nested deeper than ${levelsMax} levels`);
  const version = value['openapi'];
  if (typeof version === 'string' && versions.test(version)) return value;
  const swagger = value['swagger'];
  if (typeof swagger === 'string' || typeof swagger === 'number') {
    throw new ApiProblem(`the document is Swagger ${swagger}; only OpenAPI 3.0 and 3.1 are read: convert it first`);
  }
  throw new ApiProblem(
    typeof version !== 'string'
      ? 'the document does not say which OpenAPI it is (`openapi: 3.1.0`)'
      : `the document is OpenAPI ${version}; only 3.0 and 3.1 are read`,
  );
}

/** Every local reference within a value. */
function referencesIn(value: unknown, found: Set<string>): Set<string> {
  if (Array.isArray(value)) for (const one of value) referencesIn(one, found);
  else if (isRecord(value)) {
    for (const [name, member] of Object.entries(value)) {
      if (name === '$ref' && typeof member === 'string') found.add(member);
      else referencesIn(member, found);
    }
  }
  return found;
}

/**
 * The document with these operations only and the components that they lead to: what is not in use need not be right,
 * and is not kept in memory.
 */
export function reduceDocument(document: Json, operations: readonly ListedOperation[]): Json {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const { method, path, operation, item } of operations) {
    const { servers: _servers, callbacks: _callbacks, ...kept } = operation;
    paths[path] ??= { ...(item['parameters'] !== undefined && { parameters: item['parameters'] }) };
    paths[path][method.toLowerCase()] = kept;
  }
  const components: Record<string, Record<string, unknown>> = {};
  const seen = new Set<string>();
  const waiting = [...referencesIn(paths, new Set())];
  for (let reference = waiting.pop(); reference !== undefined; reference = waiting.pop()) {
    const [, kind, name] = /^#\/components\/([^/]+)\/([^/]+)/.exec(reference) ?? [];
    const place = `#/components/${kind}/${name}`;
    if (kind === undefined || name === undefined || seen.has(place) || !componentKinds.includes(kind)) continue;
    seen.add(place);
    const found = lookUp(document, place);
    if (found === undefined) continue;
    const plain = unescapePointer(name);
    if (plain === '__proto__') throw new ApiProblem(`${place} has a name that no schema can have`);
    components[kind] ??= {};
    components[kind][plain] = found;
    waiting.push(...referencesIn(found, new Set()));
  }
  return { openapi: document['openapi'], info: document['info'], paths, components };
}

function lineOf({ path, message }: { path?: unknown; message: string }): string {
  const place = Array.isArray(path) ? path.join('/') : typeof path === 'string' ? path.replace(/^\//, '') : '';
  const readable = place.replaceAll('~1', '/').replaceAll('~0', '~');
  return readable === '' ? message : `${readable}: ${message}`;
}

/** Throws ApiProblem naming the first things that are wrong. May change the document in place: it is the caller's no more. */
export async function readDocument(reduced: Json): Promise<Json> {
  const external = [...referencesIn(reduced, new Set())].find((reference) => !reference.startsWith('#'));
  if (external !== undefined) {
    throw new ApiProblem(`the document refers to ${external}, outside of itself: bundle it into one file first`);
  }
  // Loaded at first use: an agent without APIs is small.
  const { upgrade, validate } = await import('@scalar/openapi-parser');
  const { valid, errors = [] } = await validate(reduced);
  if (!valid) {
    const problems = [...new Set(errors.map(lineOf))];
    const more = problems.length > problemsMax ? `; and ${problems.length - problemsMax} more` : '';
    throw new ApiProblem(`the document is not valid: ${problems.slice(0, problemsMax).join('; ')}${more}`);
  }
  const { specification } = upgrade(reduced);
  if (!isRecord(specification)) throw new ApiProblem('the document is no OpenAPI document');
  return specification;
}
