// The pattern stage decides: the whole sentence matches a pattern, or each of its parts does.
import { type Candidate, planStepsMax, type RouteDecision } from '@switchboard/contract';
import { askChoice, candidate, type Grounds, refuse, route, routeOrAsk } from './answers.ts';
import { type Cue, cueAgainst } from './cues.ts';
import type { PatternMatch } from './matcher.ts';
import { type Plan, planSteps, prefersPlan } from './plan.ts';
import type { Ruling, Situation } from './situation.ts';
import { giftsIn, gravestEffect, inOrder } from './steps.ts';
import { clearLead, grave, hasContent, isAboutValue, isSure, isTelling, isTyped } from './sureness.ts';

/** A tie is broken when the words speak for one by this share. */
const tieShare = 0.06;
/** Below it the words speak for no skill, and the pattern has the say. */
const doubt = 0.45;
const agreeShare = 0.92;
const graveConfidence = 0.75;
const partsWordsMax = 150;

/** A score without an upper end, as one from 0 to 1. */
const squashed = (score: number): number => score / (1 + Math.abs(score));

function asCandidates(matches: readonly PatternMatch[]): Candidate[] {
  const all = matches.flatMap(({ skill, score, pattern, input }) => [
    candidate(skill, squashed(score), `matches “${pattern.source}”`),
    ...giftsIn(input).map((gift) =>
      candidate(gift.step.skill, squashed(gift.score), `gives to ${skill.name}: ${gift.why}`),
    ),
  ]);
  return [...new Map(all.reverse().map((one) => [`${one.agent} ${one.skill}`, one])).values()].reverse();
}

function decidePlan(plan: Plan, grounds: (reason: string) => Grounds): RouteDecision {
  const steps = plan.parts.map((part) => part.step);
  const count = inOrder(steps).length;
  if (count > planStepsMax) {
    return refuse(
      `That is ${count} steps; at most ${planStepsMax} can be done at once.`,
      [],
      grounds('Too many steps'),
    );
  }
  return route(steps, grounds(`The sentence is ${steps.length} orders, and each matches a pattern`));
}

/**
 * A match counts by itself when two telling words of the pattern are there, or one and every slot looks like its field.
 * Otherwise the words of the sentence must not speak for another skill: `show {path}` matches `show my payslip` too.
 */
function believable(matches: readonly PatternMatch[], cues: readonly Cue[], situation: Situation): PatternMatch[] {
  const { sentence } = situation;
  const sure = (match: PatternMatch): boolean => isSure(match, sentence);
  if (matches.every(sure)) return [...matches];
  const scored = situation
    .scored()
    .filter(({ skill, loose }) => cueAgainst(skill.effect, loose?.alignment, cues) === undefined);
  const [best, second] = scored;
  if (best === undefined) return matches.filter(sure);
  const confidence = situation.index.calibration.confidence(best, second);
  return matches.filter((match) => {
    if (sure(match)) return true;
    if (!isTelling(match, sentence)) return false;
    if (isAboutValue(match, sentence)) return true;
    if (grave.has(gravestEffect(match))) return best.skill === match.skill && confidence >= graveConfidence;
    const words = scored.find((one) => one.skill === match.skill)?.score ?? 0;
    const agrees = words >= agreeShare * best.score;
    return hasContent(match) ? agrees || confidence < doubt : agrees && confidence >= doubt;
  });
}

function breakTie(tied: readonly PatternMatch[], situation: Situation): PatternMatch | undefined {
  const scored = situation.scored();
  const typed = tied.filter((match) => match.alignment.slots.size > 0 && isTyped(match, situation.sentence));
  const byWords = (typed.length > 0 ? typed : tied)
    .map((match) => ({ match, score: scored.find((one) => one.skill === match.skill)?.score ?? 0 }))
    .sort((a, b) => b.score - a.score);
  const [first, second] = byWords;
  if (first === undefined) return undefined;
  return first.score - (second?.score ?? 0) > tieShare * first.score ? first.match : undefined;
}

/** Decides when the patterns do; undefined leaves it to the words. */
export function decideByPattern(situation: Situation, cues: readonly Cue[]): Ruling | undefined {
  const { index, sentence, around, allowed } = situation;
  const match: typeof index.match = (...given) => index.match(...given).filter(({ skill }) => allowed(skill));
  const matches = match(sentence, cues, around);
  const grounds = (reason: string): Grounds => ({ stage: 'pattern', reason, candidates: asCandidates(matches) });
  const plan = sentence.words.length > partsWordsMax ? undefined : planSteps(sentence, match, cues, around);
  if (plan !== undefined && prefersPlan(plan, matches[0])) {
    const candidates = asCandidates(plan.parts.map((part) => part.match));
    return { decision: decidePlan(plan, (reason) => ({ stage: 'pattern', reason, candidates })) };
  }
  const strong = believable(matches, cues, situation);
  const [best] = strong;
  if (best === undefined) return undefined;
  const tied = strong.filter((one) => best.score - one.score < clearLead);
  const chosen = tied.length === 1 ? best : breakTie(tied, situation);
  if (chosen === undefined) {
    const decision = askChoice(tied, grounds(`${tied.length} skills have a pattern that fits equally well`));
    return { decision, doubt: 'several' };
  }
  const gifts = giftsIn(chosen.input).map(({ step, why }) => `; ${step.skill.name} gives what it takes: ${why}`);
  const said = `“${chosen.pattern.source}” of ${chosen.skill.name} matches the whole sentence${gifts.join('')}`;
  const decision = routeOrAsk([chosen], grounds(said), (skill, { label }) => {
    const what = skill === chosen.skill ? '' : ` for ${skill.name}`;
    return grounds(`${said}, but says no ${label}${what}`);
  });
  return { decision };
}
