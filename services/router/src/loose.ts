// How well a skill's patterns lie over a sentence that matches none of them whole: what is missing costs, nothing forbids.
import { type Alignment, type AlignRules, align, type Room } from './align.ts';
import { conceptsOf } from './concepts.ts';
import type { Pattern, PatternNode } from './pattern.ts';
import type { RoutableSkill } from './routable.ts';
import type { Sentence, Word } from './sentence.ts';

export interface LooseFit {
  readonly pattern: Pattern;
  readonly alignment: Alignment;
  /** 0 to 1: worth of what both have, over that and what either lacks. */
  readonly fit: number;
}

const wordsMax = 48;
/** Of each skill only the patterns that share most with the sentence are laid over it. */
const patternsMax = 5;

function shareMeaning(a: string, b: string): boolean {
  const meanings = conceptsOf(a);
  return meanings.length > 0 && conceptsOf(b).some((meaning) => meanings.includes(meaning));
}

/** `weight` tells 0 to 1 how telling a stem is in this catalogue. */
/** A slot of a sentence that fits no pattern is short: small words and the words of the pattern belong outside. */
function slotCost(node: PatternNode, word: Word, first: boolean): number {
  const kind = node.field?.kind ?? 'name';
  if (word.quoted) return first ? 0 : 0.5;
  if (kind === 'text') return 0;
  return word.stop ? 0.25 : 0;
}

export function looseRules(weight: (stem: string) => number): AlignRules {
  const worthOf = (root: string, stop: boolean): number => (stop ? 0.15 : weight(root));
  return {
    match(node, word) {
      if (word.quoted) return 0;
      if (word.stem === node.stem) return worthOf(node.stem, node.stop);
      if (node.stop || word.stop) return 0;
      if (node.shape !== 'word' && node.shape === word.shape) return 0.4;
      return shareMeaning(node.stem, word.stem) ? 0.6 * worthOf(node.stem, false) : 0;
    },
    skipWord: (word) => (word.filler ? 0.02 : word.shape === 'word' ? 0.5 * worthOf(word.stem, word.stop) : 0.6),
    omitNode: (node) => (node.kind === 'slot' ? 0.25 : 0.5 * worthOf(node.stem, node.stop)),
    slotCost,
  };
}

/** The patterns that share most with the sentence, by the worth of their words. */
function likeliest(skill: RoutableSkill, stems: ReadonlySet<string>, rules: AlignRules): readonly Pattern[] {
  if (skill.patterns.length <= patternsMax) return skill.patterns;
  const shared = ({ nodes }: Pattern): number =>
    nodes.reduce((sum, node) => {
      if (node.kind !== 'word') return sum;
      return sum + (stems.has(node.stem) ? 1 : -0.5) * rules.omitNode(node);
    }, 0);
  return skill.patterns
    .map((pattern) => ({ pattern, worth: shared(pattern) }))
    .sort((a, b) => b.worth - a.worth)
    .slice(0, patternsMax)
    .map(({ pattern }) => pattern);
}

/** The best of a skill's patterns over the sentence; undefined when it has none or the sentence is very long. */
export function looseFit(
  skill: RoutableSkill,
  sentence: Sentence,
  rules: AlignRules,
  room?: Room,
): LooseFit | undefined {
  if (sentence.words.length > wordsMax) return undefined;
  const stems = new Set(sentence.words.map((word) => word.stem));
  let best: LooseFit | undefined;
  for (const pattern of likeliest(skill, stems, rules)) {
    const alignment = align(pattern, sentence, rules, room);
    if (alignment === undefined) continue;
    const fit = alignment.matched / (alignment.matched + alignment.missed + 0.3);
    const better = best === undefined || fit > best.fit || (fit === best.fit && alignment.score > best.alignment.score);
    if (better) best = { pattern, alignment, fit };
  }
  return best;
}
