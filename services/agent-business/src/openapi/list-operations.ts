// The operations of an OpenAPI document: all of them, or those that the operator has chosen.
import { ApiProblem } from './api-problem.ts';
import { isRecord, type Json, lookUp, membersOf, textOf } from './json.ts';
import type { Select } from './overlay.ts';

export const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;
export type Method = Uppercase<(typeof methods)[number]>;

export interface ListedOperation {
  readonly method: Method;
  /** As the document has it: `/pets/{petId}`. */
  readonly path: string;
  readonly operationId: string | undefined;
  readonly tags: readonly string[];
  readonly operation: Json;
  /** What all operations of this path have: their parameters. */
  readonly item: Json;
}

/** `GET /pets`: every operation has this name, also one without an operationId. */
export function placeOf({ method, path }: Pick<ListedOperation, 'method' | 'path'>): string {
  return `${method} ${path}`;
}

export function listOperations(document: Json): ListedOperation[] {
  return membersOf(document['paths']).flatMap(([path, given]) => {
    const reference = isRecord(given) ? given['$ref'] : undefined;
    const item = typeof reference === 'string' ? lookUp(document, reference) : given;
    if (!isRecord(item) || !path.startsWith('/')) return [];
    return methods.flatMap((method): ListedOperation[] => {
      const operation = item[method];
      if (!isRecord(operation)) return [];
      const tags = Array.isArray(operation['tags']) ? operation['tags'].filter((tag) => typeof tag === 'string') : [];
      const operationId = textOf(operation['operationId']);
      return [{ method: method.toUpperCase() as Method, path, operationId, tags, operation, item }];
    });
  });
}

/** `/pets/*` as a test of paths. */
function matcherOf(pattern: string): (path: string) => boolean {
  const parts = pattern.split('*');
  return (path) => {
    if (parts.length === 1) return path === pattern;
    let at = 0;
    for (const [index, part] of parts.entries()) {
      const found = index === parts.length - 1 ? path.lastIndexOf(part) : path.indexOf(part, at);
      if (found < at || (index === 0 && found !== 0)) return false;
      at = found + part.length;
    }
    return at === path.length || parts.at(-1) === '';
  };
}

function isCalled(name: string, one: ListedOperation): boolean {
  return name === one.operationId || name.toLowerCase() === placeOf(one).toLowerCase();
}

/** The operation of that operationId, or at `GET /pets`. Throws ApiProblem when there is none. */
export function findOperation(all: readonly ListedOperation[], name: string): ListedOperation {
  const found = all.find((one) => isCalled(name, one));
  if (found !== undefined) return found;
  throw new ApiProblem(
    `the document has no operation ${name}: operations are named by operationId, or by method and path such as "GET /pets"`,
  );
}

/** In the document's order. Throws ApiProblem for a word that chooses nothing, and when nothing at all is chosen. */
export function selectOperations(all: readonly ListedOperation[], select: Select | undefined): ListedOperation[] {
  if (all.length === 0) throw new ApiProblem('the document has no operations');
  if (select === undefined) return [...all];
  const chosen = new Set(select.operations.map((name) => findOperation(all, name)));
  const by = (kind: string, word: string, holds: (one: ListedOperation) => boolean): void => {
    const found = all.filter(holds);
    if (found.length === 0) throw new ApiProblem(`select: no operation has the ${kind} ${word}`);
    for (const one of found) chosen.add(one);
  };
  for (const tag of select.tags) by('tag', tag, ({ tags }) => tags.includes(tag));
  for (const pattern of select.paths) {
    const matches = matcherOf(pattern);
    by('path', pattern, ({ path }) => matches(path));
  }
  if (chosen.size === 0) throw new ApiProblem('select chooses nothing: give operations, tags or paths');
  return all.filter((one) => chosen.has(one));
}
