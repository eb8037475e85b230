// Which skill gives what some words ask for: a file by its name, or a request such as `a screenshot of https://example.org`.
import type { CatalogueIndex } from './catalogue-index.ts';
import { cueAgainst, findCues } from './cues.ts';
import type { Field } from './fields.ts';
import { fillLoosely } from './fill.ts';
import type { Earlier } from './pronouns.ts';
import type { Give, Part } from './read-slot.ts';
import type { RoutableSkill } from './routable.ts';
import { type Sentence, type Shape, shapeOf, slice, textBetween, type Word } from './sentence.ts';
import { Gift, isComplete } from './steps.ts';
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

const articles = new Set(['the', 'a', 'an', 'my', 'our']);
const leading = new Set([...articles, 'file', 'document', 'called', 'named']);
const shapes: Partial<Record<Field['kind'], Shape>> = { path: 'path', url: 'url', email: 'email' };
const fileName = /[^\s/]\.[a-z0-9]{1,5}$/i;

interface PlainGiver {
  readonly skill: RoutableSkill;
  readonly gives: string;
  readonly field: Field;
  readonly shape: Shape;
}

/** Who gives what in a catalogue; worked out once for each. */
export interface Givers {
  readonly plain: readonly PlainGiver[];
  readonly any: boolean;
  /** What texts are called that some skill's output always holds. */
  readonly texts: ReadonlySet<string>;
}

export function findGivers(skills: readonly RoutableSkill[]): Givers {
  return {
    plain: skills.flatMap(plainGiver),
    any: skills.some((skill) => skill.gives !== undefined),
    texts: new Set(skills.flatMap((skill) => [...skill.says.keys()])),
  };
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

/** The part is a whole sentence of one skill, of those that give it in some field. */
function bySentence(
  part: Sentence,
  { match }: CatalogueIndex,
  around: Parameters<typeof match>[2],
  fieldOf: (skill: RoutableSkill) => string | undefined,
): Gift | undefined {
  const cues = findCues(part);
  const sure = match(part, cues, around).filter(
    (one) =>
      fieldOf(one.skill) !== undefined &&
      isSure(one, part) &&
      cueAgainst(one.skill.effect, one.alignment, cues) === undefined,
  );
  const [best, second] = sure;
  const field = best && fieldOf(best.skill);
  if (best === undefined || field === undefined || best.score - (second?.score ?? -Infinity) < clearLead)
    return undefined;
  const { skill, input, pattern, score } = best;
  return new Gift({ skill, input }, field, score, `matches “${pattern.source}”`);
}

/** The words ask for the very record that is wanted: that they do so in a whole sentence of a skill that only reads is enough. */
function byLookup(part: Sentence, { match }: CatalogueIndex, around: Parameters<typeof match>[2], record: string) {
  const [best] = match(part, findCues(part), around).filter(
    ({ skill, missing }) => skill.effect === 'read' && skill.records.has(record) && missing.length === 0,
  );
  const field = best?.skill.records.get(record);
  if (best === undefined || field === undefined) return undefined;
  const { skill, input, pattern, score } = best;
  return new Gift({ skill, input }, field, score, `matches “${pattern.source}”`);
}

/** The name in front of a value: `text`, of `the text of https://example.org`. */
function nameInFront([sentence, from, to]: Part): string {
  const words = sentence.words.slice(from, to);
  const name = words.find((word) => !articles.has(word.norm))?.norm ?? '';
  return words.some((word) => word.shape !== 'word') ? name : '';
}

/** The words of the part point to one skill of all, with nothing left unexplained. What it lacks is asked about. */
function byWords(part: Sentence, index: CatalogueIndex, earlier: readonly Earlier[], now: Date | undefined) {
  const [best, second] = index.score(part);
  if (best?.skill.gives === undefined || best.score < index.calibration.known || best.strangers > 0) return undefined;
  const { skill, loose } = best;
  if (findCues(part).length > 0 || index.calibration.confidence(best, second) < bars[skill.effect]) return undefined;
  const { input } = fillLoosely(skill, part, loose?.alignment, { earlier, now, give: undefined });
  return new Gift({ skill, input }, best.skill.gives, wordsScore, 'its words point clearly to it');
}

/** For one decision. A quoted text is never a request, and a part is never looked into for parts of its own. */
export function createGive(index: CatalogueIndex, now: Date | undefined): Give {
  const { plain, any, texts } = index.givers;
  const byWordsOf = new Map<string, Gift | undefined>();
  let looks = 0;
  const isRequest = (part: Sentence): boolean => !part.words.some((word) => word.quoted) && ++looks <= looksMax;
  const fits = ([, from, to]: Part): boolean => to > from && to - from <= wordsMax;
  return {
    artifact(given, earlier) {
      if (!any || !fits(given)) return undefined;
      const [sentence, , to] = given;
      const part = slice(...given);
      const file = byName(part, plain, now);
      if (file || !isRequest(part)) return file;
      const around = { earlier, now, give: undefined };
      const gives = (skill: RoutableSkill): string | undefined => skill.gives;
      // `save the pdf of …`, `download …`: the words before may belong to it as well.
      const said = bySentence(part, index, around, gives) ?? bySentence(slice(sentence, 0, to), index, around, gives);
      if (said) return said;
      const key = `${part.words[0]?.start} ${part.words.at(-1)?.end}`;
      if (!byWordsOf.has(key)) byWordsOf.set(key, byWords(part, index, earlier, now));
      return byWordsOf.get(key);
    },
    record(record, given, earlier) {
      if (!fits(given)) return undefined;
      const part = slice(...given);
      return isRequest(part) ? byLookup(part, index, { earlier, now, give: undefined }, record) : undefined;
    },
    text(given, earlier) {
      const name = texts.size > 0 && fits(given) ? nameInFront(given) : '';
      if (!texts.has(name)) return undefined;
      const part = slice(...given);
      if (!isRequest(part)) return undefined;
      const gift = bySentence(part, index, { earlier, now, give: undefined }, ({ says }) => says.get(name));
      return gift && isComplete(gift.step) ? gift : undefined;
    },
  };
}
