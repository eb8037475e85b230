// What is counted when sentences are compared: words, pairs of words, meanings, and pieces of words.
import { conceptsOf, phraseConcepts } from './concepts.ts';
import type { Word } from './sentence.ts';

/** The blocks of a vector, each of length one before it is weighted: no block drowns another. */
export const blocks = { word: 0.5, concept: 0.2, piece: 0.3 } as const;
export type Block = keyof typeof blocks;

export interface Features {
  readonly word: ReadonlyMap<string, number>;
  readonly concept: ReadonlyMap<string, number>;
  readonly piece: ReadonlyMap<string, number>;
}

/** Past this many words a sentence says nothing new about what is wanted. */
const wordsMax = 48;
const lettersMax = 20;
const stopShare = 0.3;

function bump(map: Map<string, number>, key: string, by: number): void {
  map.set(key, (map.get(key) ?? 0) + by);
}

function addPieces(pieces: Map<string, number>, root: string, by: number): void {
  const padded = ` ${root.slice(0, lettersMax)} `;
  for (let length = 2; length <= 5; length++) {
    for (let at = 0; at + length <= padded.length; at++) bump(pieces, padded.slice(at, at + length), by);
  }
}

/** The first and last words, when there are too many. */
export function bounded<T>(words: readonly T[]): readonly T[] {
  return words.length <= wordsMax ? words : [...words.slice(0, wordsMax - 16), ...words.slice(-16)];
}

/** Counts the features of some words. Values (paths, addresses, numbers, quotes) count as their shape only. */
export function featuresOf(all: readonly Word[]): Features {
  const words = bounded(all);
  const [word, concept, piece] = [new Map<string, number>(), new Map<string, number>(), new Map<string, number>()];
  let before = '^';
  for (const one of words) {
    const isValue = one.shape !== 'word';
    const root = isValue ? `<${one.shape}>` : one.stem;
    bump(word, root, isValue ? 0.5 : one.stop ? stopShare : 1);
    bump(word, `${before}_${root}`, one.stop || isValue ? 0.25 : 0.5);
    before = root;
    if (isValue || one.stop) continue;
    addPieces(piece, root, 1);
    for (const meaning of conceptsOf(root)) bump(concept, `~${meaning}`, 1);
    if (!root.includes('-')) continue;
    for (const part of root.split('-')) if (part.length > 2) bump(word, part, 0.7);
  }
  for (const meaning of phraseConcepts(words.map((one) => one.norm))) bump(concept, `~${meaning}`, 1);
  return { word, concept, piece };
}
