// The router's pure core: a catalogue made ready, and the decision.
export { type CatalogueIndex, indexCatalogue } from './catalogue-index.ts';
export { type DecideOptions, decide } from './decide.ts';
export { type ForeignSkill, readCatalogue } from './foreign-catalogue.ts';
export { explain } from './model/answer.ts';
export { candidatesOf } from './model/candidates.ts';
export type { CatalogueEntry, CatalogueProblem } from './routable.ts';
