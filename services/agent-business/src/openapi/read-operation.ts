// One operation of a document with its references followed: what it takes, where that goes, and what it may answer.
import { ApiProblem } from './api-problem.ts';
import { isRecord, type Json, membersOf, resolve, textOf } from './json.ts';
import type { ListedOperation } from './list-operations.ts';

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly description: string | undefined;
  /** Of the document; undefined: anything. */
  readonly schema: unknown;
  readonly style: 'simple' | 'form' | 'spaceDelimited' | 'pipeDelimited' | 'deepObject' | 'json';
  readonly explode: boolean;
}

export interface Body {
  readonly mediaType: string;
  readonly kind: 'json' | 'form' | 'text';
  readonly required: boolean;
  readonly description: string | undefined;
  readonly schema: unknown;
}

export interface Operation extends ListedOperation {
  readonly summary: string | undefined;
  readonly description: string | undefined;
  readonly parameters: readonly Parameter[];
  readonly body: Body | undefined;
  /** Status (`200`, `2XX`, `default`) → the schema of its JSON; undefined where it has none. */
  readonly answers: ReadonlyMap<string, unknown>;
  /** A picture, a PDF and the like is all that it answers when it succeeds. */
  readonly givesFile: boolean;
}

export function isJsonType(mediaType: string): boolean {
  return /^[\w.-]+\/([\w.-]+\+)?json$/.test(bareType(mediaType));
}

/** Without parameters, in lower case. */
export function bareType(mediaType: string): string {
  return (mediaType.split(';', 1)[0] ?? '').trim().toLowerCase();
}

const styles: Readonly<Record<string, readonly Parameter['style'][]>> = {
  path: ['simple'],
  header: ['simple'],
  query: ['form', 'spaceDelimited', 'pipeDelimited', 'deepObject'],
};

/** What a request says of itself, of its connection or of who sends it is not a parameter, whatever a document calls it. */
const ownHeaders =
  /^(accept(-.*)?|authorization|connection|content-.*|cookie2?|expect|host|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|user-agent|via)$/i;

/** Undefined for what a request can do without: an optional cookie, a header that is the agent's own. */
function readParameter(document: Json, given: unknown): Parameter | undefined {
  const found = resolve(document, given);
  const name = textOf(found?.['name']);
  const place = textOf(found?.['in']);
  if (found === undefined || name === undefined || place === undefined) throw new ApiProblem('a parameter has no name');
  const required = place === 'path' || found['required'] === true;
  if (place === 'header' && !/^[\w!#$%&'*+.^`|~-]+$/.test(name)) throw new ApiProblem('a header has no name');
  if (place === 'header' && ownHeaders.test(name)) return undefined;
  const allowed = styles[place];
  if (allowed === undefined || (place !== 'path' && place !== 'query' && place !== 'header')) {
    if (!required) return undefined;
    throw new ApiProblem(`the ${place} parameter ${name} cannot be sent`);
  }
  const json = membersOf(found['content']).find(([type]) => isJsonType(type))?.[1];
  const wished = textOf(found['style']) ?? allowed[0];
  const style = isRecord(json) ? 'json' : allowed.find((one) => one === wished);
  if (style === undefined) throw new ApiProblem(`the style ${wished} of the ${place} parameter ${name} cannot be sent`);
  const explode = typeof found['explode'] === 'boolean' ? found['explode'] : style === 'form';
  const schema = isRecord(json) ? json['schema'] : found['schema'];
  return { name, in: place, required, description: textOf(found['description']), schema, style, explode };
}

function parametersOf(document: Json, { item, operation }: ListedOperation): Parameter[] {
  const both = [item['parameters'], operation['parameters']].flatMap((list) => (Array.isArray(list) ? list : []));
  const read = both.flatMap((one) => readParameter(document, one) ?? []);
  // What the operation says of a parameter replaces what its path says.
  return [...new Map(read.map((one) => [`${one.in} ${one.name.toLowerCase()}`, one])).values()];
}

const kinds: readonly (readonly [kind: Body['kind'], holds: (type: string) => boolean])[] = [
  ['json', isJsonType],
  ['form', (type) => bareType(type) === 'application/x-www-form-urlencoded'],
  ['json', (type) => bareType(type) === '*/*' || bareType(type) === 'application/*'],
  ['text', (type) => bareType(type).startsWith('text/')],
];

function bodyOf(document: Json, { operation }: ListedOperation): Body | undefined {
  const found = resolve(document, operation['requestBody']);
  const content = membersOf(found?.['content']);
  if (found === undefined || content.length === 0) return undefined;
  const required = found['required'] === true;
  for (const [kind, holds] of kinds) {
    const [type, media] = content.find(([type]) => holds(type)) ?? [];
    if (type === undefined) continue;
    const mediaType = type.includes('*') ? 'application/json' : bareType(type);
    const schema = isRecord(media) ? media['schema'] : undefined;
    return { mediaType, kind, required, description: textOf(found['description']), schema };
  }
  if (!required) return undefined;
  throw new ApiProblem(`a body of ${content.map(([type]) => type).join(' or ')} cannot be sent`);
}

function answersOf(document: Json, { operation }: ListedOperation): Map<string, unknown> {
  const answers = membersOf(operation['responses']).map(([status, given]): [string, unknown] => {
    const [, media] = membersOf(resolve(document, given)?.['content']).find(([type]) => isJsonType(type)) ?? [];
    return [
      status.toUpperCase() === 'DEFAULT' ? 'default' : status.toUpperCase(),
      isRecord(media) ? media['schema'] : undefined,
    ];
  });
  return new Map(answers);
}

export function isTextType(mediaType: string): boolean {
  return /^text\/|[/+](xml|yaml|csv)$/.test(bareType(mediaType));
}

function givesFile(document: Json, { operation }: ListedOperation): boolean {
  const success = membersOf(operation['responses']).filter(([status]) => /^2/.test(status));
  const types = success.flatMap(([, given]) => membersOf(resolve(document, given)?.['content']).map(([type]) => type));
  return (
    types.length > 0 && types.every((type) => !isJsonType(type) && !isTextType(type) && !bareType(type).endsWith('/*'))
  );
}

/** Throws ApiProblem for an operation whose requests cannot be made here. */
export function readOperation(document: Json, listed: ListedOperation): Operation {
  return {
    ...listed,
    summary: textOf(listed.operation['summary']),
    description: textOf(listed.operation['description']),
    parameters: parametersOf(document, listed),
    body: bodyOf(document, listed),
    answers: answersOf(document, listed),
    givesFile: givesFile(document, listed),
  };
}

/** The schema of the JSON that comes with a status; undefined when the document does not say. */
export function answerSchema({ answers }: Pick<Operation, 'answers'>, status: number): unknown {
  for (const key of [String(status), `${Math.floor(status / 100)}XX`, 'default']) {
    if (answers.has(key)) return answers.get(key);
  }
  return undefined;
}
