// The few skills that a model may choose among: the best of each part of the goal, and what looks at what it touches. Pure.
import type { CatalogueIndex } from '../catalogue-index.ts';
import { compatibility } from '../compat.ts';
import { findCues } from '../cues.ts';
import type { Field, FieldKind } from '../fields.ts';
import type { RoutableSkill } from '../routable.ts';
import { readSentence, type Sentence, type Shape } from '../sentence.ts';
import { grave } from '../sureness.ts';
import { clausesOf } from './clauses.ts';

export const candidatesMax = 12;

/** A value that a skill cannot do without speaks for it as much as a word. */
const valueShare = 0.15;
/** How far a part that hardly any skill fits counts less than one that fits well. */
const weakness = 0.3;
/** Each next skill of a part counts this much of the one before. */
const rankShare = 0.9;
/** The best of a part say what it is about. */
const aboutMax = 2;
/** What looks at a thing counts this much of what is done with it. */
const lookShare = 0.85;
const listersMax = 2;
/** A score below it is chance. */
const noise = 0.15;

const shapes: Partial<Record<FieldKind, Shape>> = { path: 'path', url: 'url', email: 'email' };

export interface Goal {
  readonly index: CatalogueIndex;
  /** What is asked for, and what it may lean on: parts of both are looked up. */
  readonly sentences: readonly Sentence[];
  readonly allowed: (skill: RoutableSkill) => boolean;
}

interface Weighed {
  readonly skill: RoutableSkill;
  readonly score: number;
}

const shapeOf = ({ kind, item }: Field): Shape | undefined => shapes[kind] ?? (item && shapes[item.kind]);
const capabilitiesOf = ({ document }: RoutableSkill): string[] => document.effects.map((effect) => effect.on);

/** Nothing that does harm for a part with a negation; nothing but reading for a question or a report. */
function mayServe(part: Sentence): (skill: RoutableSkill) => boolean {
  const kinds = new Set(findCues(part).map((cue) => cue.kind));
  if (kinds.has('question') || kinds.has('report')) return ({ effect }) => effect === 'read';
  return kinds.has('negation') ? ({ effect }) => !grave.has(effect) : () => true;
}

/** Every skill that may serve, best first. */
function weigh({ index, allowed }: Goal, part: Sentence, may: (skill: RoutableSkill) => boolean): Weighed[] {
  const able = (skill: RoutableSkill): boolean => allowed(skill) && may(skill);
  const spoken = new Map(index.survey(part, able).map(({ skill, score }) => [skill, score]));
  const said = new Set(part.words.map((word) => word.shape));
  const hasValue = (field: Field): boolean => field.required && said.has(shapeOf(field) ?? 'word');
  const valued = (skill: RoutableSkill): boolean =>
    skill.fields.some((field) => shapeOf(field) !== undefined && hasValue(field));
  return index.skills
    .filter(able)
    .map((skill) => {
      const fits = valued(skill) ? valueShare * compatibility(skill, part.words) : 0;
      return { skill, score: (spoken.get(skill) ?? 0) + fits };
    })
    .sort((a, b) => b.score - a.score);
}

/** One list for each part of each sentence, and one for a sentence of several parts as a whole. */
function listsOf(goal: Goal): Weighed[][] {
  return goal.sentences.flatMap((sentence) => {
    const clauses = clausesOf(sentence);
    const rules = clauses.map(mayServe);
    const lists = clauses.map((clause, at) => weigh(goal, clause, rules[at] ?? mayServe(clause)));
    const whole = clauses.length === 1 ? [] : [weigh(goal, sentence, (skill) => rules.some((may) => may(skill)))];
    return [...lists, ...whole];
  });
}

/**
 * What a goal about some capability has to look at first: what a named thing holds, who seeks by words, who lists. They
 * only read; whoever is to rename every report has to know which there are.
 */
function lookersAt(capability: string, { index, allowed }: Goal, scores: ReadonlyMap<RoutableSkill, number>) {
  const heard = (skill: RoutableSkill): number => {
    const score = scores.get(skill) ?? 0;
    return score < noise ? 0 : score;
  };
  const lookers = index.skills
    .filter((skill) => allowed(skill) && skill.effect === 'read' && skill.document.ingests === 'untrusted')
    .filter((skill) => capabilitiesOf(skill).includes(capability))
    .sort((a, b) => heard(b) - heard(a));
  const needed = ({ fields }: RoutableSkill): Field[] => fields.filter((field) => field.required);
  const named = lookers.filter((skill) => needed(skill).some((field) => shapeOf(field) !== undefined));
  const others = lookers.filter((skill) => !named.includes(skill));
  const seekers = others.filter((skill) => needed(skill).length > 0);
  const listers = others.filter((skill) => needed(skill).length === 0);
  return [...named.slice(0, 1), ...seekers.slice(0, 1), ...listers.slice(0, listersMax)];
}

/** At most twelve, best first, each name once. Nothing of it is done before a model chose it and a policy let it. */
export function chooseCandidates(goal: Goal): RoutableSkill[] {
  const lists = listsOf(goal);
  const top = Math.max(...lists.map((list) => list[0]?.score ?? 0), Number.EPSILON);
  const scores = new Map<RoutableSkill, number>();
  const worth = new Map<RoutableSkill, number>();
  const touched = new Map<string, number>();
  const raise = <Key>(map: Map<Key, number>, key: Key, value: number): void =>
    void map.set(key, Math.max(value, map.get(key) ?? 0));
  for (const list of lists) {
    const best = list[0]?.score ?? 0;
    if (best <= 0) continue;
    list.forEach(({ skill, score }, rank) => {
      raise(scores, skill, score);
      const value = (score / best) * (best / top) ** weakness * rankShare ** rank;
      if (rank < candidatesMax) raise(worth, skill, value);
      if (rank < aboutMax) for (const capability of capabilitiesOf(skill)) raise(touched, capability, value);
    });
  }
  for (const [capability, value] of touched) {
    for (const skill of lookersAt(capability, goal, scores)) raise(worth, skill, value * lookShare);
  }
  const ranked = [...worth].sort(([, a], [, b]) => b - a).map(([skill]) => skill);
  const once = ranked.filter((skill, at) => ranked.findIndex((other) => other.name === skill.name) === at);
  return once.slice(0, candidatesMax);
}

/** The names of the candidates for a goal in a whole catalogue. */
export function candidatesOf(text: string, index: CatalogueIndex): string[] {
  return chooseCandidates({ index, sentences: [readSentence(text)], allowed: () => true }).map(({ name }) => name);
}
