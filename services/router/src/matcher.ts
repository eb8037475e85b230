// The pattern stage: which skills' patterns the whole sentence matches, with every slot read.
import { type Alignment, align, createRoom, strictRules } from './align.ts';
import { type Cue, unexplained } from './cues.ts';
import { type Filled, fillFromSlots } from './fill.ts';
import type { Pattern } from './pattern.ts';
import type { Surroundings } from './read-slot.ts';
import type { RoutableSkill } from './routable.ts';
import type { Sentence } from './sentence.ts';
import { giftsIn } from './steps.ts';

export interface PatternMatch extends Filled {
  readonly skill: RoutableSkill;
  readonly pattern: Pattern;
  readonly alignment: Alignment;
  /** Of the skill's most specific match: an example without slots may match as well as a pattern that fills them. */
  readonly specific: Alignment;
  /** How specific the match is: its words less what its slots swallow. */
  readonly score: number;
}

/** Every skill whose patterns match, best match of each, most specific first. */
export type Matcher = (sentence: Sentence, cues: readonly Cue[], around: Surroundings) => PatternMatch[];

/** The work is words × nodes for each pattern: a long text is laid under few, and only under those that begin as it does. */
const cellsMax = 80_000;
const patternsMax = 400;
const longWords = 60;
const beginningWords = 16;

interface Entry {
  readonly skill: RoutableSkill;
  readonly pattern: Pattern;
}

/** Files each pattern under the rarest set of stems that it needs; those that need none are always tried. */
function fileByStem(skills: readonly RoutableSkill[]): { byStem: Map<string, Entry[]>; always: Entry[] } {
  const all = skills.flatMap((skill) => skill.patterns.map((pattern) => ({ skill, pattern })));
  const uses = new Map<string, number>();
  for (const { pattern } of all) for (const one of pattern.needs.flat()) uses.set(one, (uses.get(one) ?? 0) + 1);
  const cost = (need: readonly string[]): number => need.reduce((sum, one) => sum + (uses.get(one) ?? 0), 0);
  const byStem = new Map<string, Entry[]>();
  const always: Entry[] = [];
  for (const entry of all) {
    const need = [...entry.pattern.needs].sort((a, b) => cost(a) - cost(b))[0];
    if (need === undefined) always.push(entry);
    for (const one of need ?? []) byStem.set(one, [...(byStem.get(one) ?? []), entry]);
  }
  return { byStem, always };
}

/** What is asked for in a slot has been said in words of a pattern, too. */
function giftBonus(input: Filled['input']): number {
  return Math.max(0, ...giftsIn(input).map((gift) => gift.score));
}

/**
 * Of two matches of one skill the more complete one is read, and the more specific one counts. Before that: words that
 * were understood as something to be made are not taken as they are.
 */
function better(a: PatternMatch, b: PatternMatch | undefined): PatternMatch {
  if (b === undefined) return a;
  const given = giftsIn(b.input).length - giftsIn(a.input).length;
  const best = given || a.missing.length - b.missing.length || b.score - a.score;
  const chosen = best < 0 ? a : b;
  const { specific, score } = a.score > b.score ? a : b;
  return { ...chosen, score, specific };
}

/** How much a value speaks for the field: a file name where a file is meant, a folder where a folder is. */
function placeBonus(skill: RoutableSkill, input: Readonly<Record<string, unknown>>): number {
  return skill.fields.reduce((sum, field) => {
    const value = input[field.name];
    if (field.kind !== 'path' || typeof value !== 'string' || field.place === 'any') return sum;
    const isFile = /\.[a-z0-9]{1,5}$/i.test(value);
    return sum + ((field.place === 'file') === isFile ? 0.3 : -0.3);
  }, 0);
}

function canMatch(pattern: Pattern, sentence: Sentence, stems: ReadonlySet<string>): boolean {
  if (!pattern.needs.every((need) => need.some((one) => stems.has(one)))) return false;
  if (sentence.words.length <= longWords) return true;
  const beginning = sentence.words.slice(0, beginningWords);
  return pattern.needs[0]?.some((one) => beginning.some((word) => word.stem === one)) ?? false;
}

export function createMatcher(skills: readonly RoutableSkill[]): Matcher {
  const { byStem, always } = fileByStem(skills);
  const room = createRoom();
  return (sentence, cues, around) => {
    const stems = new Set(sentence.words.map((word) => word.stem));
    const filed = new Set([...[...stems].flatMap((one) => byStem.get(one) ?? []), ...always]);
    const possible = [...filed].filter(({ pattern }) => canMatch(pattern, sentence, stems));
    const most = Math.min(patternsMax, Math.ceil(cellsMax / Math.max(1, sentence.words.length)));
    const best = new Map<RoutableSkill, PatternMatch>();
    for (const { skill, pattern } of possible.slice(0, most)) {
      const alignment = align(pattern, sentence, strictRules, room);
      if (alignment === undefined) continue;
      if (skill.effect !== 'read' && unexplained(cues, alignment) !== undefined) continue;
      const filled = fillFromSlots(skill, sentence, alignment, around);
      if (filled.implausible) continue;
      const score = alignment.score + placeBonus(skill, filled.input) + giftBonus(filled.input);
      const match: PatternMatch = { skill, pattern, alignment, specific: alignment, score, ...filled };
      best.set(skill, better(match, best.get(skill)));
    }
    return [...best.values()].sort((a, b) => b.score - a.score);
  };
}
