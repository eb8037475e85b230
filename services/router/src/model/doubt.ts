// What becomes of a decision that the rules are not sure of, where a language model is here. Pure.
import type { RouteRequest } from '@switchboard/contract';
import { isCourtesy } from '../courtesy.ts';
import type { Ruled } from '../decide.ts';
import type { RoutableSkill } from '../routable.ts';
import { readSentence, type Sentence } from '../sentence.ts';
import type { Doubt } from '../situation.ts';
import { candidatesMax, chooseCandidates } from './candidates.ts';
import { asksForMore } from './more-asked.ts';
import { isTalk } from './talk.ts';

/** Below it no skill is plausible. */
const plausible = 0.25;
/** So few telling words mean something only with what was said and done before. */
const shortWords = 3;

export type Next =
  /** The rules are sure, or no model is here. */
  | { readonly kind: 'keep' }
  | { readonly kind: 'talk'; readonly why: string }
  | { readonly kind: 'choose'; readonly candidates: readonly RoutableSkill[]; readonly why: string };

/** The words alone speak for it, not the form of the sentence: enough for a look, and where a model is here not for a change. */
function changesByWords({ decision, situation }: Ruled): boolean {
  if (decision.stage !== 'lexical' || decision.outcome !== 'route') return false;
  const skills = situation.index.skills;
  return decision.steps.some(({ skill }) => skills.find(({ name }) => name === skill)?.effect !== 'read');
}

const whyOf: Readonly<Record<Doubt, string>> = {
  unknown: 'No skill is close to the words of the sentence',
  several: 'The rules are not sure which skill is meant',
  'no-order': 'The sentence is no plain order',
  more: 'The sentence asks for more than the rules understand',
};

const tellingWords = ({ words }: Sentence): number => words.filter((word) => !word.stop).length;

function candidatesFor(request: RouteRequest, { situation }: Ruled): RoutableSkill[] {
  const { index, sentence, allowed } = situation;
  if (tellingWords(sentence) > shortWords) return chooseCandidates({ index, sentences: [sentence], allowed });
  const before = request.model?.said.findLast(({ role }) => role === 'person');
  const sentences = before ? [sentence, readSentence(before.text)] : [sentence];
  const found = chooseCandidates({ index, sentences, allowed });
  const done = request.recent.flatMap(({ skill: name }) => index.skills.find((one) => one.name === name) ?? []);
  // What was done last is not done again on a question: those that only look may always be chosen.
  const again = done.filter((skill) => allowed(skill) && (found.includes(skill) || skill.effect === 'read'));
  return [...new Set([...again, ...found])].slice(0, candidatesMax);
}

/** Says what to do about a ruling: keep it, answer in words, or have a model choose among a few skills. */
export function weighDoubt(request: RouteRequest, ruled: Ruled): Next {
  const { decision, situation } = ruled;
  if (request.model === undefined || decision.stage === 'explicit' || situation.index.skills.length === 0) {
    return { kind: 'keep' };
  }
  const { index, sentence } = situation;
  const unsure = changesByWords(ruled) ? 'several' : undefined;
  const doubt = ruled.doubt ?? unsure ?? (asksForMore(decision, sentence, index) ? 'more' : undefined);
  if (doubt === undefined) return { kind: 'keep' };
  const best = situation.scored()[0]?.score ?? 0;
  if (isCourtesy(sentence) || (best < plausible && isTalk(sentence, request.model.said.length > 0))) {
    return { kind: 'talk', why: 'The message is talk, and no skill is close to its words' };
  }
  const candidates = candidatesFor(request, ruled);
  return candidates.length === 0
    ? { kind: 'talk', why: whyOf[doubt] }
    : { kind: 'choose', candidates, why: whyOf[doubt] };
}
