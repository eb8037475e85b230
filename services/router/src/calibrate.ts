// Fits what a score means in this catalogue: some of each skill's utterances are held back and said as if by a person.

import type { Field, FieldKind } from './fields.ts';
import { buildRanker, type SelfSaid } from './ranker.ts';
import type { RoutableSkill } from './routable.ts';
import { createScorer, type Scored } from './scoring.ts';
import { readSentence } from './sentence.ts';
import { spokenForms } from './spoken.ts';

export interface Calibration {
  /** Probability that the best candidate is the right one. */
  confidence(best: Scored, second: Scored | undefined): number;
  /** Below this score nothing in the catalogue is meant. */
  readonly known: number;
  /** How many held-back utterances it was fitted on. */
  readonly trials: number;
}

interface Trial {
  readonly x: readonly [score: number, margin: number, coverage: number];
  readonly right: boolean;
}

type Weights = readonly [bias: number, score: number, margin: number, coverage: number];

/** A wider gap than this says no more: with few known words it is wide by chance. */
const marginMax = 0.35;
const folds = 3;
const trialsMax = 300;
/** The best and the second are all that counts here. */
const closely = 7;
const rounds = 300;
/** Where the fit starts and what it is drawn to when a catalogue is too small to tell. */
const prior: Weights = [-6, 7, 7, 2.4];
const priorStrength = 0.04;
const knownPrior = 0.3;

const spokenValues: Partial<Record<FieldKind, string>> = {
  path: 'notes/plan.txt',
  url: 'https://example.com',
  email: 'kim@example.com',
  number: '7',
  integer: '7',
  date: 'tomorrow',
  time: '9:30',
  datetime: 'tomorrow at 9:30',
};

function spokenValue(field: Field | undefined): string {
  const option = field?.options[0];
  return option !== undefined ? String(option) : ((field && spokenValues[field.kind]) ?? 'zorblax');
}

function margin(best: Scored, second: Scored | undefined): number {
  return best.score === 0 ? 0 : Math.min(marginMax, 1 - (second?.score ?? 0) / best.score);
}

function evidence(best: Scored, second: Scored | undefined): Trial['x'] {
  return [best.score, margin(best, second), best.coverage];
}

function tryFold(
  skills: readonly RoutableSkill[],
  said: readonly SelfSaid[],
  fold: number,
  every: number,
): { trials: Trial[]; scores: number[] } {
  const held = (at: number): boolean => at % folds === fold;
  const known = skills.map((skill) => {
    const silent = new Set(skill.document.utterances.filter((_, at) => held(at)));
    return { ...skill, patterns: skill.patterns.filter(({ source }) => !silent.has(source)) };
  });
  const score = createScorer(
    known,
    buildRanker(said, (at) => !held(at)),
    closely,
  );
  const trials: Trial[] = [];
  const scores: number[] = [];
  for (const skill of skills) {
    for (const [at, utterance] of skill.document.utterances.slice(0, 30).entries()) {
      if (!held(at) || scatter(skill.id, at) % every !== 0) continue;
      const value = (name: string): string => spokenValue(skill.fields.find((field) => field.name === name));
      const said = spokenForms(utterance, value)[0];
      const [best, second] = said === undefined ? [] : score(readSentence(said));
      if (best === undefined) continue;
      const right = best.skill.id === skill.id;
      trials.push({ x: evidence(best, second), right });
      if (right) scores.push(best.score);
    }
  }
  return { trials, scores };
}

/** Picks utterances without a rhythm: the first of each skill are shorter than the last. */
function scatter(skill: number, utterance: number): number {
  return Math.abs(Math.imul(skill * 101 + utterance + 1, 2_654_435_761) >> 8);
}

function probability([bias, score, gap, coverage]: Weights, x: Trial['x']): number {
  return 1 / (1 + Math.exp(-(bias + score * x[0] + gap * x[1] + coverage * x[2])));
}

/** Logistic regression by gradient descent, drawn to the prior. */
function regress(trials: readonly Trial[]): Weights {
  let weights: Weights = prior;
  const rate = 2;
  for (let round = 0; round < rounds && trials.length > 0; round++) {
    const slope = [0, 0, 0, 0];
    for (const { x, right } of trials) {
      const error = probability(weights, x) - (right ? 1 : 0);
      [1, ...x].forEach((value, at) => {
        slope[at] = (slope[at] ?? 0) + (error * value) / trials.length;
      });
    }
    const pull = (priorStrength * 50) / (50 + trials.length);
    const next = weights.map((weight, at) => weight - rate * ((slope[at] ?? 0) + pull * (weight - (prior[at] ?? 0))));
    weights = [next[0] ?? 0, next[1] ?? 0, next[2] ?? 0, next[3] ?? 0];
  }
  return weights;
}

/** Holds back a third of the utterances at a time; a catalogue of 200 skills takes about a second. */
export function calibrate(skills: readonly RoutableSkill[], said: readonly SelfSaid[]): Calibration {
  const total = skills.reduce((sum, skill) => sum + Math.min(30, skill.document.utterances.length), 0);
  const every = Math.max(1, Math.ceil(total / trialsMax));
  const results =
    skills.length < 2 ? [] : Array.from({ length: folds }, (_, fold) => tryFold(skills, said, fold, every));
  const trials = results.flatMap((result) => result.trials);
  const scores = results.flatMap((result) => result.scores).sort((a, b) => a - b);
  const weights = regress(trials);
  const low = scores.length < 30 ? knownPrior : (scores[Math.floor(scores.length * 0.03)] ?? knownPrior);
  return {
    confidence: (best, second) => probability(weights, evidence(best, second)),
    known: Math.min(0.4, Math.max(0.3, low)),
    trials: trials.length,
  };
}
