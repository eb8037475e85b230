// What people may say for an operation, out of its summary, its id, its path and its fields.
import type { InputField } from './input-fields.ts';
import { nounsOfPath, verbAndNouns, verbOfMethod } from './name-operation.ts';
import type { Operation } from './read-operation.ts';
import { plainWords, verbOf, waysToSay } from './words.ts';

const charactersMax = 300;
/** Of all slots of one sentence with the words beside them: nobody says more at once. */
const tailCharactersMax = 150;
const optionalMax = 3;
const paging = /^(page|per_?page|page_?size|limit|offset|cursor|after|before)$/i;

/** Verb and object, as in "list the issues of a repository". */
interface Deed {
  readonly verb: string;
  readonly object: string;
}

const lead = /^(?:(?:a|an|the|all|your|our|existing|list of|information about|info for|details of|specific)\s+)+/i;

/** How it is found or given is what the slots say. */
const trail = /\s+(?:by|with|using|based on|given|matching)\s.*$/i;

/** Words only: nothing that a sentence pattern would take for a sign, and no more of them than a person says. */
function sayable(text: string): string {
  return text
    .replace(/[^\p{L}\p{N}\s.,:;!?'’&/+-]/gu, ' ')
    .replace(/[.:;,!?]+(?=\s|$)/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .split(' ')
    .slice(0, 12)
    .join(' ')
    .toLowerCase();
}

function deedOf(operation: Operation): Deed {
  const { verb, nouns } = verbAndNouns(operation);
  const [first = '', ...rest] = sayable(operation.summary ?? '').split(' ');
  const said = verbOf(first);
  const object = rest.join(' ').replace(lead, '').replace(trail, '');
  if (said !== undefined && object !== '') return { verb: said, object };
  // A summary that is no order names the thing.
  const named =
    said === undefined && operation.method === 'GET' ? sayable(operation.summary ?? '').replace(lead, '') : '';
  const plain = named || nouns.join(' ') || nounsOfPath(operation.path).join(' ');
  return { verb, object: plain === '' ? 'answer' : plain };
}

function isScalar({ schema }: InputField): boolean {
  return ['string', 'integer', 'number', 'boolean'].includes(String(schema['type'])) || schema['enum'] !== undefined;
}

/** ` pet id {petId}`: what is last in the path is what the object is known by, and needs no word before it. */
function identified({ name }: InputField): string {
  return ` [${plainWords(name)}] {${name}}`;
}

function detailed({ name, place }: InputField): string {
  const joint = place.kind === 'parameter' && place.parameter.in === 'path' ? '(in|of|for|with|and)' : '(with|and)';
  return ` ${joint} [the] ${plainWords(name)} {${name}}`;
}

/** The last of the path, or the only one: it comes right after the object. */
function ownField({ path }: Operation, required: readonly InputField[]): InputField | undefined {
  const inPath = ({ place }: InputField) => place.kind === 'parameter' && place.parameter.in === 'path';
  if (path.endsWith('}')) return required.findLast(inPath);
  const [only] = required;
  return required.length === 1 && only !== undefined && isScalar(only) ? only : undefined;
}

/** The tails that together have a slot for every field that must be given; the first has the most telling ones. */
function tailsOf(operation: Operation, fields: readonly InputField[]): string[] {
  const required = fields.filter((field) => field.required);
  const own = ownField(operation, required);
  const tails = [own === undefined ? '' : identified(own)];
  const others = required.filter((field) => field !== own);
  // "pull request 7 in the repo x of the owner y": a path begins with what people say last.
  const inPath = others.filter(({ place }) => place.kind === 'parameter' && place.parameter.in === 'path').reverse();
  for (const field of [...inPath, ...others.filter((one) => !inPath.includes(one))]) {
    const longer = `${tails.at(-1)}${detailed(field)}`;
    if (longer.length <= tailCharactersMax || tails.at(-1) === '') tails[tails.length - 1] = longer;
    else tails.push(detailed(field));
  }
  return tails;
}

/** At least eight, without doubles, for an API that people call `title`. */
export function deriveUtterances(operation: Operation, fields: readonly InputField[], title: string): string[] {
  const { verb, object } = deedOf(operation);
  const api = sayable(title) || 'api';
  const [tail = '', ...more] = tailsOf(operation, fields);
  const looks = operation.method === 'GET';
  const optional = fields.filter((field) => !field.required && isScalar(field) && !paging.test(field.name));
  const [way1 = verb, way2 = verb] = waysToSay(verb);
  const [method, places] = [verbOfMethod(operation), nounsOfPath(operation.path)];
  const said = [
    ...waysToSay(verb).map((way) => `${way} [the] ${object}${tail}`),
    `${verb} [the] ${object} (in|on|at|from|with) [the] ${api}${tail}`,
    `(${verb}|${way2}) [the] ${object}${tail} (in|on|at|from) [the] ${api}`,
    looks ? `what (is|are) [the] ${object}${tail}` : `i want to ${way1} [a] ${object}${tail}`,
    looks ? `[the] ${object} (in|on|at|from) ${api}${tail}` : `have ${api} ${way1} [the] ${object}${tail}`,
    `use ${api} to ${verb} [the] ${object}${tail}`,
    ...more.map((rest) => `${verb} [the] ${object}${rest}`),
    ...optional
      .slice(0, optionalMax)
      .map(({ name }) => `${verb} [the] ${object}${tail} (with|where|by) [the] ${plainWords(name)} {${name}}`),
    sayable(operation.summary ?? ''),
    ...(places.some((word) => verbOf(word) !== undefined)
      ? []
      : [`${method} ${places.join(' ')} (in|on|at|from) ${api}`]),
  ];
  const fitting = said.filter((text) => text !== '' && text.length <= charactersMax);
  return [...new Set(fitting.map((text) => text.replace(/\s+/g, ' ').trim()))];
}
