// Fills a skill's input from the slots of an alignment, and from what else the sentence brings.
import type { Alignment } from './align.ts';
import { type Field, takesArtifact } from './fields.ts';
import { readSlot, type Surroundings } from './read-slot.ts';
import type { RoutableSkill } from './routable.ts';
import { type Sentence, type Shape, textBetween } from './sentence.ts';
import { coerce, readOption } from './values.ts';

export interface Filled {
  readonly input: Readonly<Record<string, unknown>>;
  /** Required fields without a value, in the schema's order. */
  readonly missing: readonly Field[];
  /** A slot whose text is no value for its field. */
  readonly implausible: boolean;
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

/** A list of addresses or paths is made of all of them. */
function fillList(
  field: Field,
  sentence: Sentence,
  input: Record<string, unknown>,
  used: Set<number>,
  around: Surroundings,
): boolean {
  const shapes = field.kind === 'array' && field.item?.kind === 'email' ? shapesFor.email : undefined;
  const found = sentence.words.flatMap((word, at) => (!used.has(at) && shapes?.includes(word.shape) ? [at] : []));
  const said = found.map((at) => textBetween(sentence, at, at + 1)).join(', ');
  const read = found.length > 0 ? coerce(said, field, around.now) : undefined;
  if (!read?.ok) return false;
  input[field.name] = read.value;
  for (const at of found) used.add(at);
  return true;
}

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
    if (fillList(field, sentence, input, used, around)) continue;
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

/** A stretch of words that the skill has none for may say what it takes from another one. */
function fillByGift(
  skill: RoutableSkill,
  sentence: Sentence,
  input: Record<string, unknown>,
  used: Set<number>,
  around: Surroundings,
): void {
  const field = skill.fields.find((one) => takesArtifact(one) && input[one.name] === undefined);
  if (field === undefined) return;
  for (const [from, to] of leftovers(skill, sentence, used, new Set())) {
    const read = readSlot(skill, field, sentence, from, to, around);
    if (typeof read === 'string') continue;
    input[field.name] = read.value;
    for (let at = from; at < to; at++) used.add(at);
    return;
  }
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
  fillByGift(skill, sentence, input, used, around);
  // What cannot be taken back is not guessed from what is left over.
  if (skill.effect !== 'destructive') fillByRest(skill, sentence, input, used, alignment?.covered ?? [], around);
  return { input, missing: missingOf(skill, input), implausible: false };
}
