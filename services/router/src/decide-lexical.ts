// The lexical stage decides: no pattern fits whole, so the words, their order and the values speak, and doubt is asked about.
import type { RouteDecision } from '@switchboard/contract';
import { askChoice, type Grounds, refuse, routeOrAsk, scoredCandidates } from './answers.ts';
import { type Cue, cueAgainst, unexplained } from './cues.ts';
import { fillLoosely } from './fill.ts';
import type { RoutableSkill } from './routable.ts';
import type { Scored } from './scoring.ts';
import type { Ruling, Situation } from './situation.ts';
import { gravestEffect, type Step } from './steps.ts';
import { bars, grave } from './sureness.ts';

/** A choice is offered among those that score at least this share of the best. */
const choiceShare = 0.7;
const choicesMax = 5;
/** A question about something else may still be answered by a skill that reads and scores at least this share of the best. */
const rescueShare = 0.85;

function asStep(scored: Scored, situation: Situation): Step {
  const { sentence, around } = situation;
  return { skill: scored.skill, input: fillLoosely(scored.skill, sentence, scored.loose?.alignment, around).input };
}

function negatedAtStart(cues: readonly Cue[]): boolean {
  return cues.some((cue) => cue.kind === 'negation' && cue.at <= 4);
}

/** The sentence is no order, so nothing is done; says what would be. */
function decideNoOrder(
  cue: Cue,
  cues: readonly Cue[],
  best: Scored,
  scored: readonly Scored[],
  situation: Situation,
): Ruling {
  const candidates = scoredCandidates(scored);
  const title = best.skill.title.toLowerCase();
  if (cue.kind === 'negation' && negatedAtStart(cues)) {
    const grounds: Grounds = { stage: 'lexical', reason: `The sentence says not to ${title}`, candidates };
    const decision = refuse(
      'Understood: nothing is done.',
      scored.map((one) => one.skill),
      grounds,
    );
    // `customers without an order` says which, and forbids nothing.
    return situation.sentence.words[cue.at]?.norm === 'without' ? { decision, doubt: 'no-order' } : { decision };
  }
  if (cue.kind === 'negation') {
    const grounds: Grounds = { stage: 'lexical', reason: 'Something in the sentence is negated', candidates };
    const decision =
      chooseAmong(scored, situation, grounds) ?? refuse('I am not sure what to do.', [best.skill], grounds);
    return { decision, doubt: 'several' };
  }
  const said = cue.kind === 'question' ? 'a question' : 'a report';
  const grounds: Grounds = {
    stage: 'lexical',
    reason: `It reads as ${said} about “${best.skill.title}”, not as an order`,
    candidates,
  };
  const decision = refuse(
    `That sounds like ${said}, not like something to do now.`,
    scored.map((one) => one.skill),
    grounds,
  );
  return { decision, doubt: 'no-order' };
}

function isUnexplained(scored: Scored, cues: readonly Cue[]): boolean {
  return unexplained(cues, scored.loose?.alignment ?? { covered: [], slots: new Map() }) !== undefined;
}

function chooseAmong(scored: readonly Scored[], situation: Situation, grounds: Grounds): RouteDecision | undefined {
  const [best] = scored;
  if (best === undefined) return undefined;
  const near = scored.filter((one) => one.score >= choiceShare * best.score);
  const options = (near.length > 1 ? near : scored.slice(0, 2)).slice(0, choicesMax);
  return options.length < 2
    ? undefined
    : askChoice(
        options.map((one) => asStep(one, situation)),
        grounds,
      );
}

function routeOrAskInput(step: Step, grounds: (reason: string) => Grounds): RouteDecision {
  const { name } = step.skill;
  return routeOrAsk([step], grounds(`The words point clearly to ${name}`), (skill, { label }) =>
    grounds(`The words point to ${name}, but say no ${label}${skill.name === name ? '' : ` for ${skill.name}`}`),
  );
}

/** Decides by the words. `offers` is what to name when nothing comes close. */
export function decideByWords(
  situation: Situation,
  cues: readonly Cue[],
  offers: () => readonly RoutableSkill[],
): Ruling {
  const { index } = situation;
  const scored = situation.scored();
  const [best, second] = scored;
  const grounds = (reason: string): Grounds => ({ stage: 'lexical', reason, candidates: scoredCandidates(scored) });
  if (best === undefined || best.score < index.calibration.known) {
    const instead = [...scored.slice(0, 3).map((one) => one.skill), ...offers()].slice(0, 4);
    const decision = refuse(
      'I have no skill for that.',
      [...new Set(instead)],
      grounds('No skill is close to the words of the sentence'),
    );
    return { decision, doubt: 'unknown' };
  }
  const cue = cueAgainst(best.skill.effect, best.loose?.alignment, cues);
  if (cue !== undefined) {
    const open = scored.filter(
      (one) => one.skill.effect === 'read' && one.score >= rescueShare * best.score && !isUnexplained(one, cues),
    );
    if (cue.kind !== 'question' || open.length === 0) return decideNoOrder(cue, cues, best, scored, situation);
    const reason = grounds(`It is a question, and “${open[0]?.skill.title ?? ''}” can answer it`);
    if (open.length === 1 && open[0]) return { decision: routeOrAskInput(asStep(open[0], situation), () => reason) };
    const choice = chooseAmong(open, situation, reason);
    return choice ? { decision: choice, doubt: 'several' } : decideNoOrder(cue, cues, best, scored, situation);
  }
  const confidence = index.calibration.confidence(best, second);
  const step = asStep(best, situation);
  const effect = gravestEffect(step);
  // Of these nothing is done by words alone when one telling word of the sentence is not understood: `undo delete a.txt`.
  const strange = best.strangers > 0 && grave.has(effect);
  if (confidence >= bars[effect] && !strange) {
    const decision = routeOrAskInput(step, grounds);
    // `write me a poem about spring` is close to writing a file, but says no file and much else.
    return decision.outcome === 'ask' && best.strangers > 0 ? { decision, doubt: 'several' } : { decision };
  }
  const reason = strange
    ? `Something in the sentence is not explained by ${best.skill.name}, which may do harm`
    : `Not sure enough (${Math.round(confidence * 100)} %) that ${best.skill.name} is meant`;
  return {
    decision: chooseAmong(scored, situation, grounds(reason)) ?? routeOrAskInput(step, grounds),
    doubt: 'several',
  };
}
