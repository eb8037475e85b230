// What a skill that is made of an operation is called: verb, API, nouns; the same every time.
import { sha256 } from '@switchboard/contract';
import { type ListedOperation, placeOf } from './list-operations.ts';
import { singular, verbOf, wordsOf } from './words.ts';

const nameCharactersMax = 63;
const hashDigits = 6;

const methodVerbs = { POST: 'create', PUT: 'replace', PATCH: 'update', DELETE: 'delete' } as const;

function literalParts(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && !part.includes('{'));
}

function endsInParameter(path: string): boolean {
  return path.endsWith('}');
}

/** The verb of an operation that does not name one. */
export function verbOfMethod({ method, path }: Pick<ListedOperation, 'method' | 'path'>): string {
  if (method !== 'GET') return methodVerbs[method];
  const last = literalParts(path).at(-1) ?? '';
  return endsInParameter(path) || singular(last) === last ? 'get' : 'list';
}

/** `/stores/{storeId}/orders/{orderId}` → `store order`; of a collection the last word stays in the plural. */
export function nounsOfPath(path: string): string[] {
  const parts = literalParts(path).map(wordsOf);
  return parts.flatMap((words, index) => {
    const whole = index === parts.length - 1 && !endsInParameter(path);
    const last = words.at(-1) ?? '';
    return whole ? words : [...words.slice(0, -1), singular(last)];
  });
}

/** The verb and the nouns that its id says, or else its path. */
export function verbAndNouns(listed: ListedOperation): { verb: string; nouns: readonly string[] } {
  const { operationId } = listed;
  const fallback = { verb: verbOfMethod(listed), nouns: nounsOfPath(listed.path) };
  if (operationId === undefined) return fallback;
  const [own = '', ...domains] = operationId.split(/[/.]/).reverse();
  const words = wordsOf(own);
  const domain = domains.reverse().flatMap(wordsOf);
  const [first = '', last = ''] = [words[0], words.at(-1)];
  const [verb, rest] =
    verbOf(first) !== undefined
      ? [verbOf(first), words.slice(1)]
      : words.length > 1 && verbOf(last) !== undefined
        ? [verbOf(last), words.slice(0, -1)]
        : [undefined, words];
  const said = new Set(rest.map(singular));
  const above = domain.filter((word) => !said.has(singular(word)));
  // `issues/get` of /issues/{number} gets an issue.
  const one = rest.length === 0 && endsInParameter(listed.path);
  const nouns = [...(one ? above.map(singular) : above), ...rest];
  return { verb: verb ?? fallback.verb, nouns: nouns.length === 0 ? fallback.nouns : nouns };
}

/** What an operation without a summary is called. */
export function plainTitle(listed: ListedOperation): string {
  const { verb, nouns } = verbAndNouns(listed);
  const title = [verb, ...nouns].join(' ');
  return `${title.charAt(0).toUpperCase()}${title.slice(1)}`;
}

/** No longer than a name may be, cut between words. */
function joined(words: readonly string[], charactersMax: number): string {
  let name = '';
  for (const word of words) {
    const longer = name === '' ? word : `${name}-${word}`;
    if (longer.length > charactersMax) break;
    name = longer;
  }
  return name;
}

/**
 * Verb, API, nouns: `list-petstore-pets`. With the API in it no two APIs come to one name, nor does an API and a skill
 * that somebody wrote.
 */
export function deriveName(api: string, listed: ListedOperation, taken: ReadonlySet<string>): string {
  const { verb, nouns } = verbAndNouns(listed);
  const own = new Set(wordsOf(api));
  const words = [...wordsOf(verb), api, ...nouns.filter((noun) => !own.has(noun))];
  const name = joined(words, nameCharactersMax);
  if (name.length > 0 && !taken.has(name) && name.length === words.join('-').length) return name;
  // Too long, or another one's: its place makes it different, and the same again after every start.
  const mark = sha256(`${api} ${placeOf(listed)}`).slice(0, hashDigits);
  return `${joined(words, nameCharactersMax - hashDigits - 1)}-${mark}`;
}
