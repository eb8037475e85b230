// How sure a match or a score must be before something is done without asking.
import type { EffectClass } from '@switchboard/contract';
import type { FieldKind } from './fields.ts';
import type { PatternMatch } from './matcher.ts';
import { isPronoun } from './pronouns.ts';
import type { Sentence, Shape } from './sentence.ts';
import { giftsIn } from './steps.ts';

/** One more telling word in a pattern decides; less is a tie. */
export const clearLead = 0.4;
const contentMin = 0.9;
/** Three small words, such as `what is in`, are as much as one telling word. */
const matchedMin = 1;
const contentSure = 1.9;

/** How sure the words must be before something is done without asking: the graver the effect, the surer. */
export const bars: Readonly<Record<EffectClass, number>> = {
  read: 0.7,
  write: 0.75,
  external: 0.82,
  execute: 0.82,
  spend: 0.85,
  destructive: 0.9,
};

/** Of these a guess costs more than a question. */
export const grave: ReadonlySet<EffectClass> = new Set(['destructive', 'spend', 'execute']);

const shapesOf: Partial<Record<FieldKind, readonly Shape[]>> = {
  path: ['path'],
  url: ['url', 'path'],
  email: ['email'],
  number: ['number'],
  integer: ['number'],
};

/** True when every slot holds a value that looks like its field: `read notes/todo.txt`, not `read my mind`. */
export function isTyped({ alignment, skill, input }: PatternMatch, sentence: Sentence): boolean {
  return [...alignment.slots].every(([name, [from, to]]) => {
    const field = skill.fields.find((one) => one.name === name);
    const words = sentence.words.slice(from, to);
    if (isPronoun(words.map((word) => word.norm)) || giftsIn({ [name]: input[name] }).length > 0) return true;
    const shapes = words.map((word) => word.shape);
    if (field?.kind === 'enum' || field?.kind === 'boolean' || (shapes.length === 1 && shapes[0] === 'quoted'))
      return true;
    const kind = field?.kind === 'array' ? field.item?.kind : field?.kind;
    return kind !== undefined && shapes.some((shape) => shapesOf[kind]?.includes(shape) ?? false);
  });
}

/** `where is todo.txt`: small words only, but about something that is plainly a value, and nothing is changed. */
export function isAboutValue({ skill, specific }: PatternMatch, { words }: Sentence): boolean {
  if (skill.effect !== 'read' || specific.slots.size === 0 || specific.matched < matchedMin / 2) return false;
  return [...specific.slots.values()].every(([from, to]) =>
    words.slice(from, to).some((word) => word.shape === 'path'),
  );
}

/** Whether the pattern has one telling word at least. */
export function hasContent({ specific }: PatternMatch): boolean {
  return specific.content >= contentMin;
}

export function isTelling(match: PatternMatch, sentence: Sentence): boolean {
  return hasContent(match) || match.specific.matched >= matchedMin || isAboutValue(match, sentence);
}

/** A match counts by itself when two telling words of the pattern are there, or one and every slot looks like its field. */
export function isSure(match: PatternMatch, sentence: Sentence): boolean {
  return match.specific.content >= contentSure || (isTelling(match, sentence) && isTyped(match, sentence));
}
