// A catalogue made ready for deciding: built once for each set of contracts, read-only afterwards.
import { type Calibration, calibrate } from './calibrate.ts';
import { findGivers, type Givers } from './givers.ts';
import { createMatcher, type Matcher } from './matcher.ts';
import { buildRanker, listen } from './ranker.ts';
import { type CatalogueEntry, type CatalogueProblem, type RoutableSkill, toRoutable } from './routable.ts';
import { createScorer, type Scorer } from './scoring.ts';

export interface CatalogueIndex {
  readonly skills: readonly RoutableSkill[];
  readonly match: Matcher;
  readonly score: Scorer;
  readonly calibration: Calibration;
  readonly givers: Givers;
  /** Utterances that cannot be read; their skills work without them. */
  readonly problems: readonly CatalogueProblem[];
}

/** Compiles, indexes and calibrates. Takes about a second for 200 skills; never throws on any document. */
export function indexCatalogue(entries: readonly CatalogueEntry[]): CatalogueIndex {
  const problems: CatalogueProblem[] = [];
  const skills = entries.map((entry, id) => toRoutable(entry, id, problems));
  const said = skills.map(listen);
  return {
    skills,
    match: createMatcher(skills),
    score: createScorer(skills, buildRanker(said)),
    calibration: calibrate(skills, said),
    givers: findGivers(skills),
    problems,
  };
}
