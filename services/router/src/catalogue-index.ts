// A catalogue made ready for deciding: built once for each set of contracts, read-only afterwards.
import { type Calibration, calibrate } from './calibrate.ts';
import { findGivers, type Givers } from './givers.ts';
import { createMatcher, type Matcher } from './matcher.ts';
import { buildRanker, listen } from './ranker.ts';
import { type CatalogueEntry, type CatalogueProblem, type RoutableSkill, toRoutable } from './routable.ts';
import { createScorer, type Scorer } from './scoring.ts';
import { readSentence } from './sentence.ts';
import { spokenForms } from './spoken.ts';

/** Looked at closely: a goal of several parts leaves few words for each. */
const surveyMax = 16;

export interface CatalogueIndex {
  readonly skills: readonly RoutableSkill[];
  readonly match: Matcher;
  readonly score: Scorer;
  /** The same for every skill, also where the words hardly speak for it; slower. */
  readonly survey: Scorer;
  readonly calibration: Calibration;
  /** Stems of the words that its skills are ordered with: `read`, `send`. */
  readonly orders: ReadonlySet<string>;
  readonly givers: Givers;
  /** Utterances that cannot be read; their skills work without them. */
  readonly problems: readonly CatalogueProblem[];
}

function ordersOf(skills: readonly RoutableSkill[]): Set<string> {
  const said = skills.flatMap(({ document }) => [
    document.name.replaceAll('-', ' '),
    ...document.utterances.flatMap((utterance) => spokenForms(utterance, () => 'it')),
  ]);
  const first = said.flatMap((form) => readSentence(form).words.slice(0, 1));
  return new Set(first.filter((word) => !word.stop && word.shape === 'word').map((word) => word.stem));
}

/** Compiles, indexes and calibrates. Takes about a second for 200 skills; never throws on any document. */
export function indexCatalogue(entries: readonly CatalogueEntry[]): CatalogueIndex {
  const problems: CatalogueProblem[] = [];
  const skills = entries.map((entry, id) => toRoutable(entry, id, problems));
  const said = skills.map(listen);
  const rank = buildRanker(said);
  return {
    skills,
    match: createMatcher(skills),
    score: createScorer(skills, rank),
    survey: createScorer(skills, rank, surveyMax),
    calibration: calibrate(skills, said),
    orders: ordersOf(skills),
    givers: findGivers(skills),
    problems,
  };
}
