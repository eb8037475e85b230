// Which skill gives what some words ask for: a file by its name, or a request such as `a screenshot of https://example.org`.
import type { CatalogueIndex } from './catalogue-index.ts';
import { cueAgainst, findCues } from './cues.ts';
import type { Field } from './fields.ts';
import { fillLoosely } from './fill.ts';
import type { Give } from './read-slot.ts';
import type { RoutableSkill } from './routable.ts';
import { type Sentence, type Shape, shapeOf, slice, textBetween, type Word } from './sentence.ts';
import { Gift } from './steps.ts';
import { bars, clearLead, isSure } from './sureness.ts';
import { coerce } from './values.ts';

/** Longer than this it is a text and no request. */
const wordsMax = 24;
/** Of one decision: parts of a sentence that are looked at so closely. */
const looksMax = 60;
/** By its name alone a thing is hardly asked for: any skill that takes the name itself is meant rather. */
const plainScore = 0.15;
/** As much as one telling word. */
const wordsScore = 1;

const leading = new Set(['the', 'a', 'an', 'my', 'our', 'file', 'document', 'called', 'named']);
const shapes: Partial<Record<Field['kind'], Shape>> = { path: 'path', url: 'url', email: 'email' };
const fileName = /[^\s/]\.[a-z0-9]{1,5}$/i;

interface PlainGiver {
  readonly skill: RoutableSkill;
  readonly gives: string;
  readonly field: Field;
  readonly shape: Shape;
}

/** A skill that gives an artifact and needs nothing but one value that is known by its shape. */
function plainGiver(skill: RoutableSkill): PlainGiver[] {
  const needed = skill.fields.filter((field) => field.required);
  const [field] = needed;
  if (skill.gives === undefined || field === undefined || needed.length > 1) return [];
  const shape = shapes[field.kind];
  return shape === undefined ? [] : [{ skill, gives: skill.gives, field, shape }];
}

function shapeOfValue(word: Word, text: string): Shape {
  if (!word.quoted || /\s/.test(text) === false) return shapeOf(text);
  return fileName.test(text) && !text.includes('://') ? 'path' : 'quoted';
}

/** `notes/todo.txt`, `the file notes/todo.txt`: nothing but a value, which just one skill makes something of. */
function byName(part: Sentence, givers: readonly PlainGiver[], now: Date | undefined): Gift | undefined {
  const first = part.words.findIndex((word) => word.quoted || !leading.has(word.norm));
  const word = part.words[first];
  if (word === undefined || first !== part.words.length - 1) return undefined;
  const text = textBetween(part, first, first + 1);
  const shape = shapeOfValue(word, text);
  const able = givers.filter(
    ({ field, shape: wanted }) => shape === wanted && !(field.place === 'file' && /\/$/.test(text)),
  );
  const [giver] = able;
  if (giver === undefined || able.length > 1) return undefined;
  const read = coerce(text, giver.field, now);
  if (!read.ok) return undefined;
  const step = { skill: giver.skill, input: { [giver.field.name]: read.value } };
  return new Gift(step, giver.gives, plainScore, `“${text}” is all that it needs`);
}

/** The part is a whole sentence of a skill that gives something. What it lacks is asked about. */
function byPattern(part: Sentence, { match }: CatalogueIndex, around: Parameters<typeof match>[2]): Gift | undefined {
  const cues = findCues(part);
  const sure = match(part, cues, around).filter(
    (one) =>
      one.skill.gives !== undefined &&
      isSure(one, part) &&
      cueAgainst(one.skill.effect, one.alignment, cues) === undefined,
  );
  const [best, second] = sure;
  if (best?.skill.gives === undefined || best.score - (second?.score ?? -Infinity) < clearLead) return undefined;
  const { skill, input, pattern, score } = best;
  return new Gift({ skill, input }, best.skill.gives, score, `matches “${pattern.source}”`);
}

/** The words of the part point to one skill of all, with nothing left unexplained. What it lacks is asked about. */
function byWords(part: Sentence, index: CatalogueIndex, around: Parameters<Give>[3], now: Date | undefined) {
  const [best, second] = index.score(part);
  if (best?.skill.gives === undefined || best.score < index.calibration.known || best.strangers > 0) return undefined;
  const { skill, loose } = best;
  if (findCues(part).length > 0 || index.calibration.confidence(best, second) < bars[skill.effect]) return undefined;
  const { input } = fillLoosely(skill, part, loose?.alignment, { earlier: around, now, give: undefined });
  return new Gift({ skill, input }, best.skill.gives, wordsScore, 'its words point clearly to it');
}

/** For one decision. A quoted text is never a request, and a part is never looked into for parts of its own. */
export function createGive(index: CatalogueIndex, now: Date | undefined): Give {
  const givers = index.skills.filter((skill) => skill.gives !== undefined);
  const plain = givers.flatMap(plainGiver);
  const byWordsOf = new Map<string, Gift | undefined>();
  let looks = 0;
  return (sentence, from, to, earlier) => {
    if (givers.length === 0 || to - from > wordsMax || to <= from) return undefined;
    const part = slice(sentence, from, to);
    const named = byName(part, plain, now);
    if (named || part.words.some((word) => word.quoted) || ++looks > looksMax) return named;
    const around = { earlier, now, give: undefined };
    // `save the pdf of …`, `download …`: the words before may belong to it as well.
    const matched = byPattern(part, index, around) ?? byPattern(slice(sentence, 0, to), index, around);
    if (matched) return matched;
    const key = `${part.words[0]?.start} ${part.words.at(-1)?.end}`;
    if (!byWordsOf.has(key)) byWordsOf.set(key, byWords(part, index, earlier, now));
    return byWordsOf.get(key);
  };
}
