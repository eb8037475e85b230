// Fills a skill's input from the slots of an alignment, and from what else the sentence brings.
import type { Alignment } from './align.ts';
import type { Field } from './fields.ts';
import { type Earlier, isPronoun, referent, saysNothing } from './pronouns.ts';
import type { RoutableSkill } from './routable.ts';
import { type Sentence, type Shape, textBetween, type Word } from './sentence.ts';
import { stem } from './stem.ts';
import { coerce, readOption } from './values.ts';

export interface Surroundings {
  readonly earlier: readonly Earlier[];
  readonly now: Date | undefined;
}

export interface Filled {
  readonly input: Readonly<Record<string, unknown>>;
  /** Required fields without a value, in the schema's order. */
  readonly missing: readonly Field[];
  /** A slot whose text is no value for its field. */
  readonly implausible: boolean;
}

/** A name of more words than this is a sentence. */
const nameWordsMax = 6;
const clauseWords = new Set(['is', 'are', 'was', 'were', 'it', 'i', 'you', 'we', 'they', 'because', 'please']);
const joining = new Set(['and', 'then', 'or', 'but', 'because', 'which', 'that', 'if', 'when', 'while']);
const articles = new Set(['the', 'a', 'an', 'my', 'our', 'your', 'his', 'her', 'their']);
const pathNouns = new Set(['file', 'folder', 'directory', 'document', 'called', 'named']);
const vague = new Set(['anything', 'something', 'everything', 'stuff', 'information', 'info', 'all']);
const links = new Set([
  'to',
  'into',
  'onto',
  'from',
  'in',
  'on',
  'at',
  'for',
  'with',
  'of',
  'about',
  'over',
  'via',
  'through',
]);

/** The stems that name the kind of thing itself: `files` in `delete files` is no file. */
function ownWords(skill: RoutableSkill, field: Field): ReadonlySet<string> {
  return new Set([...skill.name.split(/[^a-z0-9]+/), ...field.label.split(' ')].map((word) => stem(word)));
}

/** Past-last word of a value without an ending such as `from the CRM` that only repeats the skill's own words. */
function withoutTail(words: readonly Word[], skill: RoutableSkill, from: number, to: number): number {
  const said = skill.vocabulary;
  for (let at = from + 1; at < to - 1; at++) {
    const tail = words.slice(at, to);
    const [link, ...rest] = tail;
    if (link === undefined || link.quoted || !links.has(link.norm) || rest.every((word) => word.stop)) continue;
    if (rest.every((word) => !word.quoted && word.shape === 'word' && (word.stop || said.has(word.stem)))) return at;
  }
  return to;
}

function implausibleName(words: readonly Word[]): boolean {
  if (words.length <= 3) return false;
  return words.length > nameWordsMax || words.some((word) => !word.quoted && clauseWords.has(word.norm));
}

/** The part of a slot that is the value: without articles, `the file called`, the field's own name and such endings. */
function trimmed(
  skill: RoutableSkill,
  field: Field,
  words: readonly Word[],
  from: number,
  to: number,
): [number, number] {
  if (to - from === 1 && words[from]?.quoted) return [from, to];
  if (field.kind === 'text') {
    const [first, second] = [words[from], words[from + 1]];
    const kindNamed =
      first && second && articles.has(first.norm) && ownWords(skill, field).has(second.stem) && to - from > 2;
    return kindNamed ? [from + 2, to] : [from, to];
  }
  const end = withoutTail(words, skill, from, to);
  const own = ownWords(skill, field);
  let start = from;
  while (start < end - 1) {
    const word = words[start];
    const next = words[start + 1];
    const named = field.kind === 'path' ? pathNouns : field.kind === 'query' ? vague : undefined;
    const skip =
      word !== undefined &&
      !word.quoted &&
      ((field.kind !== 'query' && field.kind !== 'command' && articles.has(word.norm)) ||
        named?.has(word.norm) ||
        (field.kind !== 'query' && own.has(word.stem) && word.shape === 'word') ||
        (field.kind === 'query' && start > from && links.has(word.norm) && next !== undefined));
    if (!skip) break;
    start += 1;
  }
  const last = words[end - 1];
  const labelled = field.kind === 'name' && last !== undefined && !last.quoted && last.norm === field.label;
  return [start, labelled && end - start > 1 ? end - 1 : end];
}

function wordsBetween(sentence: Sentence, from: number, to: number): readonly Word[] {
  return sentence.words.slice(from, to);
}

function implausiblePath(words: readonly Word[]): boolean {
  if (words.length <= 1) return false;
  return words.length > 5 || words.some((word) => !word.quoted && joining.has(word.norm));
}

type Read = { readonly value: unknown } | 'nothing' | 'implausible';

function readSlot(
  skill: RoutableSkill,
  field: Field,
  sentence: Sentence,
  from: number,
  to: number,
  around: Surroundings,
): Read {
  const words = wordsBetween(sentence, from, to);
  const quoted = words.length === 1 && words[0]?.quoted === true;
  if (!quoted && isPronoun(words.map((word) => word.norm))) {
    const value = referent(field, around.earlier);
    return value === undefined ? 'nothing' : { value };
  }
  const named = ['path', 'name', 'query', 'command'].includes(field.kind);
  if (!quoted && named && saysNothing(words, ownWords(skill, field))) return 'nothing';
  if (field.kind === 'path' && implausiblePath(words)) return 'implausible';
  if (field.kind === 'name' && implausibleName(words)) return 'implausible';
  const [start, end] = trimmed(skill, field, sentence.words, from, to);
  const coerced = coerce(textBetween(sentence, start, end), field, around.now);
  return coerced.ok ? { value: coerced.value } : 'implausible';
}

export function missingOf(skill: RoutableSkill, input: Readonly<Record<string, unknown>>): Field[] {
  return skill.fields.filter((field) => field.required && input[field.name] === undefined);
}

/** Reads every slot of a strict alignment. */
export function fillFromSlots(
  skill: RoutableSkill,
  sentence: Sentence,
  alignment: Alignment,
  around: Surroundings,
): Filled {
  const input: Record<string, unknown> = {};
  let implausible = false;
  for (const [name, [from, to]] of alignment.slots) {
    const field = skill.fields.find((one) => one.name === name);
    if (field === undefined) continue;
    const read = readSlot(skill, field, sentence, from, to, around);
    if (read === 'implausible') implausible = true;
    else if (read !== 'nothing') input[name] = read.value;
  }
  return { input, missing: missingOf(skill, input), implausible };
}

const shapesFor: Partial<Record<Field['kind'], readonly Shape[]>> = {
  path: ['path'],
  email: ['email'],
  url: ['url'],
  number: ['number'],
  integer: ['number'],
};

/** Values whose shape alone tells where they belong: the first unused one of the field's shape. */
function fillByShape(
  skill: RoutableSkill,
  sentence: Sentence,
  input: Record<string, unknown>,
  used: Set<number>,
  around: Surroundings,
): void {
  for (const field of skill.fields) {
    if (input[field.name] !== undefined) continue;
    const shapes = shapesFor[field.kind];
    const at = sentence.words.findIndex((word, index) => !used.has(index) && shapes?.includes(word.shape) === true);
    if (at !== -1) {
      const coerced = coerce(textBetween(sentence, at, at + 1), field, around.now);
      if (!coerced.ok) continue;
      input[field.name] = coerced.value;
      used.add(at);
    } else if (field.kind === 'enum') {
      const option = sentence.words
        .map((word) => readOption(word.norm, field.options))
        .find((one) => one !== undefined);
      if (option !== undefined) input[field.name] = option;
    } else if (field.required && (field.kind === 'date' || field.kind === 'time' || field.kind === 'datetime')) {
      const coerced = coerce(sentence.text.slice(0, 300), field, around.now);
      if (coerced.ok) input[field.name] = coerced.value;
    }
  }
}

/** One quoted span and one required field of free text belong together. */
function fillByQuote(
  skill: RoutableSkill,
  sentence: Sentence,
  input: Record<string, unknown>,
  used: Set<number>,
): void {
  const quotes = sentence.words.flatMap((word, at) => (word.quoted && !used.has(at) ? [at] : []));
  const open = missingOf(skill, input).filter((field) =>
    ['text', 'query', 'command', 'name', 'path'].includes(field.kind),
  );
  const [at, field] = [quotes[0], open[0]];
  if (quotes.length !== 1 || at === undefined || field === undefined) return;
  input[field.name] = textBetween(sentence, at, at + 1);
  used.add(at);
}

/** The stretches of words that the skill has no words for: what is left is what the sentence is about. */
function leftovers(
  skill: RoutableSkill,
  sentence: Sentence,
  used: ReadonlySet<number>,
  covered: ReadonlySet<number>,
): [number, number][] {
  const own = skill.vocabulary;
  const [start, end] = [sentence.starts.at(-1) ?? 0, sentence.ends.at(-1) ?? sentence.words.length];
  const runs: [number, number][] = [];
  for (let at = start; at < end; at++) {
    const word = sentence.words[at];
    if (
      word === undefined ||
      used.has(at) ||
      covered.has(at) ||
      (word.shape === 'word' && (word.stop || own.has(word.stem)))
    )
      continue;
    const last = runs.at(-1);
    const joined =
      last &&
      sentence.words.slice(last[1], at).every((between, offset) => between.stop && !used.has((last[1] ?? 0) + offset));
    if (last && joined && !covered.has(at - 1)) last[1] = at + 1;
    else runs.push([at, at + 1]);
  }
  return runs;
}

/** When one required field is open and one stretch of words is left over, they belong together. */
function fillByRest(
  skill: RoutableSkill,
  sentence: Sentence,
  input: Record<string, unknown>,
  used: ReadonlySet<number>,
  covered: readonly number[],
  around: Surroundings,
): void {
  const open = missingOf(skill, input);
  const [field] = open;
  if (field === undefined || open.length !== 1 || !['query', 'name', 'text', 'path', 'array'].includes(field.kind))
    return;
  const runs = leftovers(skill, sentence, used, new Set(covered));
  const [run] = runs;
  if (run === undefined || runs.length !== 1) return;
  const read = readSlot(skill, field, sentence, run[0], run[1], around);
  if (typeof read !== 'string') input[field.name] = read.value;
}

/** The quoted word of a span, when there is just one: the rest is not the value. */
function quotedIn({ words }: Sentence, [from, to]: readonly [number, number]): [number, number] | undefined {
  const quotes = words.slice(from, to).flatMap((word, offset) => (word.quoted ? [from + offset] : []));
  const [only] = quotes;
  return only === undefined || quotes.length > 1 ? undefined : [only, only + 1];
}

function isAnchored(alignment: Alignment, from: number, to: number): boolean {
  return alignment.covered.includes(from - 1) || alignment.covered.includes(to);
}

/**
 * Reads what it can of a loose alignment: slots that stand beside a word of the pattern, then values by their shape, then
 * quotes. Never guesses: what stands nowhere is missing.
 */
export function fillLoosely(
  skill: RoutableSkill,
  sentence: Sentence,
  alignment: Alignment | undefined,
  around: Surroundings,
): Filled {
  const input: Record<string, unknown> = {};
  const used = new Set<number>();
  for (const [name, span] of alignment?.slots ?? []) {
    const field = skill.fields.find((one) => one.name === name);
    if (field === undefined || alignment === undefined) continue;
    const [from, to] = quotedIn(sentence, span) ?? span;
    const shaped = sentence.words[from]?.shape !== 'word' && to - from === 1;
    if (!shaped && !isAnchored(alignment, ...span)) continue;
    const read = readSlot(skill, field, sentence, from, to, around);
    if (typeof read === 'string') continue;
    input[name] = read.value;
    for (let at = from; at < to; at++) used.add(at);
  }
  fillByQuote(skill, sentence, input, used);
  fillByShape(skill, sentence, input, used, around);
  // What cannot be taken back is not guessed from what is left over.
  if (skill.effect !== 'destructive') fillByRest(skill, sentence, input, used, alignment?.covered ?? [], around);
  return { input, missing: missingOf(skill, input), implausible: false };
}
