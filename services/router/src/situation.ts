// What every stage of a decision gets, and what it gives back.
import type { RouteDecision } from '@switchboard/contract';
import type { CatalogueIndex } from './catalogue-index.ts';
import type { Surroundings } from './read-slot.ts';
import type { RoutableSkill } from './routable.ts';
import type { Scored } from './scoring.ts';
import type { Sentence } from './sentence.ts';

export interface Situation {
  readonly index: CatalogueIndex;
  readonly sentence: Sentence;
  readonly around: Surroundings;
  /** Narrows the catalogue to the agent that was addressed. */
  readonly allowed: (skill: RoutableSkill) => boolean;
  /** The scores of the sentence; worked out when first asked for, and once. */
  readonly scored: () => readonly Scored[];
}

/** Why the rules are not sure of what they say: nothing comes close, several do, it is no order, or it asks for more. */
export type Doubt = 'unknown' | 'several' | 'no-order' | 'more';

export interface Ruling {
  readonly decision: RouteDecision;
  /** Not there: they are sure. */
  readonly doubt?: Doubt;
}
