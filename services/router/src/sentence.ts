// A sentence as the router reads it: words with their stems and shapes, and where the request in it starts and ends.
import { isNumberWord } from './numbers.ts';
import { politeEnds, politeStarts } from './politeness.ts';
import { isFiller, isStop, stem } from './stem.ts';
import { type Token, tokenise } from './tokens.ts';
import { isEmail } from './values.ts';

/** What kind of value a word looks like. */
export type Shape = 'word' | 'path' | 'email' | 'url' | 'number' | 'quoted';

export interface Word extends Token {
  readonly stem: string;
  readonly shape: Shape;
  readonly stop: boolean;
  readonly filler: boolean;
}

export interface Sentence {
  readonly text: string;
  readonly words: readonly Word[];
  /** Where the request may start and end, as indices of words: the whole sentence first. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

const hosts =
  /^(www\.\S+|[a-z0-9-]+(\.[a-z0-9-]+)*\.(com|org|net|io|dev|edu|gov|co|ai|app|info|eu|uk|de|fr|ch|nl|es|it|us)([/?#]\S*)?)$/i;
const extension = /^[^\s]*[\p{L}\p{N}_)-]\.[a-z][a-z0-9]{0,4}$/iu;
const shapeCharactersMax = 300;

/** The shape of one bare word. */
export function shapeOf(raw: string): Shape {
  if (raw.length > shapeCharactersMax) return 'word';
  if (isEmail(raw)) return 'email';
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(raw) || hosts.test(raw)) return 'url';
  if (isNumberWord(raw.toLowerCase())) return 'number';
  if (/^[~.]{0,2}\/|[^/]\/[^/]|\w\/$|\\/.test(raw) && !/^\w{1,3}\/\w{1,3}$/.test(raw)) return 'path';
  return extension.test(raw) || /^\.[a-z]{2,}/i.test(raw) || /^\*\./.test(raw) ? 'path' : 'word';
}

function toWord(token: Token, text: string): Word {
  const root = token.quoted ? token.norm : stem(token.norm.replace(/'s$/, ''));
  const shape = token.quoted ? 'quoted' : shapeOf(text.slice(token.start, token.end));
  return { ...token, stem: root, shape, stop: isStop(token.norm), filler: isFiller(token.norm) };
}

/** Reads any text; linear in its length. */
export function readSentence(text: string): Sentence {
  const words = tokenise(text).map((token) => toWord(token, text));
  const starts = politeStarts(words);
  return { text, words, starts, ends: politeEnds(words, starts.at(-1) ?? 0) };
}

/** A part of a sentence, as a sentence of its own over the same text. */
export function slice(sentence: Sentence, from: number, to: number): Sentence {
  const words = sentence.words.slice(from, to);
  const starts = politeStarts(words);
  return { text: sentence.text, words, starts, ends: politeEnds(words, starts.at(-1) ?? 0) };
}

/** The person's own text from one word to another, without surrounding quotes and punctuation. */
export function textBetween(sentence: Sentence, from: number, to: number): string {
  const [first, last] = [sentence.words[from], sentence.words[to - 1]];
  return first === undefined || last === undefined ? '' : sentence.text.slice(first.start, last.end);
}
