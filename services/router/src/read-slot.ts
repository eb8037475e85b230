// Reads one slot: the part of its words that is the value, coerced to the field; or why there is none.
import { type Field, takesArtifact } from './fields.ts';
import { type Earlier, isPronoun, referent, saysNothing } from './pronouns.ts';
import { readGift } from './read-gift.ts';
import type { RoutableSkill } from './routable.ts';
import { type Sentence, textBetween, type Word } from './sentence.ts';
import { stem } from './stem.ts';
import type { Gift } from './steps.ts';
import { coerce } from './values.ts';

/** Some words of a sentence. */
export type Part = readonly [sentence: Sentence, from: number, to: number];

/** Understands some words as something that another skill gives; undefined when they are nothing of the kind. */
export interface Give {
  artifact(part: Part, earlier: readonly Earlier[]): Gift | undefined;
  /** `order 12`: a record that a skill looks up, which changes nothing by that. `record` as Field has it. */
  record(record: string, part: Part, earlier: readonly Earlier[]): Gift | undefined;
  /** `the text of https://example.org`: only words that name what is given. */
  text(part: Part, earlier: readonly Earlier[]): Gift | undefined;
}

export interface Surroundings {
  readonly earlier: readonly Earlier[];
  readonly now: Date | undefined;
  /** Undefined within what one step gives another: such plans are two steps deep, and no deeper. */
  readonly give: Give | undefined;
}

/** A name of more words than this is a sentence. */
const nameWordsMax = 6;
const clauseWords = new Set('is are was were it i you we they because please what how where who why'.split(' '));
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

/** Whether a word at the beginning of a slot only leads up to the value: `the file called`, `anything about`. */
function leadsUp(word: Word, field: Field, own: ReadonlySet<string>, first: boolean): boolean {
  if (word.quoted) return false;
  const kindNamed = own.has(word.stem) && word.shape === 'word';
  const overall = vague.has(word.norm) || (!first && links.has(word.norm));
  if (field.kind === 'query') return overall;
  if (field.kind === 'command') return kindNamed;
  return articles.has(word.norm) || kindNamed || (field.kind === 'path' && (pathNouns.has(word.norm) || overall));
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
  for (
    let word = words[start];
    word && start < end - 1 && leadsUp(word, field, own, start === from);
    word = words[start]
  )
    start += 1;
  const last = words[end - 1];
  const trailing = field.kind === 'name' ? [field.label] : field.kind === 'path' ? ['folder', 'directory', 'file'] : [];
  const labelled = last !== undefined && !last.quoted && trailing.includes(last.norm);
  return [start, labelled && end - start > 1 ? end - 1 : end];
}

function implausiblePath(words: readonly Word[]): boolean {
  if (words.some(({ norm, quoted }) => !quoted && norm.includes('://'))) return true;
  if (words.length <= 1) return false;
  // A name with spaces has its ending last: `my notes.txt`, not `notes.txt tomorrow`.
  const ended = words.slice(0, -1).some((word) => word.shape === 'path') && words.at(-1)?.shape !== 'path';
  const clause = words.some(({ norm, quoted }) => !quoted && (joining.has(norm) || clauseWords.has(norm)));
  return ended || clause || words.length > 5;
}

/** nothing: the words hold no value. implausible: they are no value of this field. */
export type Read = { readonly value: unknown } | 'nothing' | 'implausible';

export function readSlot(
  skill: RoutableSkill,
  field: Field,
  sentence: Sentence,
  from: number,
  to: number,
  around: Surroundings,
): Read {
  if (takesArtifact(field)) return readGift(field, sentence, from, to, around);
  if (field.record !== undefined) {
    const found = around.give?.record(field.record, [sentence, from, to], around.earlier);
    return found === undefined ? 'implausible' : { value: found };
  }
  const words = sentence.words.slice(from, to);
  const quoted = words.length === 1 && words[0]?.quoted === true;
  const gift = field.kind === 'text' ? around.give?.text([sentence, from, to], around.earlier) : undefined;
  if (gift !== undefined) return { value: gift };
  if (!quoted && isPronoun(words.map((word) => word.norm))) {
    const value = referent(field, around.earlier);
    return value === undefined ? 'nothing' : { value };
  }
  const named = ['path', 'name', 'query', 'command'].includes(field.kind);
  if (!quoted && named && saysNothing(words, ownWords(skill, field))) return 'nothing';
  if (field.kind === 'name' && implausibleName(words)) return 'implausible';
  const [start, end] = trimmed(skill, field, sentence.words, from, to);
  if (field.kind === 'path' && implausiblePath(sentence.words.slice(start, end))) return 'implausible';
  const coerced = coerce(textBetween(sentence, start, end), field, around.now);
  return coerced.ok ? { value: coerced.value } : 'implausible';
}
