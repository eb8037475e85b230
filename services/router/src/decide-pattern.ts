// The pattern stage decides: the whole sentence matches a pattern, or each of its parts does.
import type { Candidate, EffectClass, RouteDecision } from '@switchboard/contract';
import { askChoice, askInput, candidate, type Grounds, refuse, route, stepsMax } from './answers.ts';
import { type Cue, cueAgainst } from './cues.ts';
import type { FieldKind } from './fields.ts';
import type { PatternMatch } from './matcher.ts';
import { type Plan, planSteps, prefersPlan } from './plan.ts';
import { isPronoun } from './pronouns.ts';
import type { Sentence, Shape } from './sentence.ts';
import type { Situation } from './situation.ts';

/** One more telling word in a pattern decides; less is a tie. */
const clearLead = 0.4;
/** A tie is broken when the words speak for one by this share. */
const tieShare = 0.06;
const contentMin = 0.9;
/** Three small words, such as `what is in`, are as much as one telling word. */
const matchedMin = 1;
const contentSure = 1.9;
/** Below it the words speak for no skill, and the pattern has the say. */
const doubt = 0.45;
const agreeShare = 0.92;
/** Of these a guess costs more than a question. */
const grave: ReadonlySet<EffectClass> = new Set(['destructive', 'spend', 'execute']);
const graveConfidence = 0.75;
const partsWordsMax = 150;

function asCandidates(matches: readonly PatternMatch[]): Candidate[] {
  return matches
    .slice(0, 8)
    .map(({ skill, score, pattern }) => candidate(skill, score / (1 + Math.abs(score)), `matches “${pattern.source}”`));
}

function decidePlan(plan: Plan, grounds: (reason: string) => Grounds): RouteDecision {
  if (plan.parts.length > stepsMax) {
    return refuse(
      `That is ${plan.parts.length} steps; at most ${stepsMax} can be done at once.`,
      [],
      grounds('Too many steps'),
    );
  }
  const steps = plan.parts.map(({ match: { skill, input } }) => ({ skill, input }));
  return route(steps, grounds(`The sentence is ${steps.length} orders, and each matches a pattern`));
}

const shapesOf: Partial<Record<FieldKind, readonly Shape[]>> = {
  path: ['path'],
  url: ['url', 'path'],
  email: ['email'],
  number: ['number'],
  integer: ['number'],
};

/** True when every slot holds a value that looks like its field: `read notes/todo.txt`, not `read my mind`. */
function isTyped({ alignment, skill }: PatternMatch, sentence: Sentence): boolean {
  return [...alignment.slots].every(([name, [from, to]]) => {
    const field = skill.fields.find((one) => one.name === name);
    const words = sentence.words.slice(from, to);
    if (isPronoun(words.map((word) => word.norm))) return true;
    const shapes = words.map((word) => word.shape);
    if (field?.kind === 'enum' || field?.kind === 'boolean' || (shapes.length === 1 && shapes[0] === 'quoted'))
      return true;
    return field !== undefined && shapes.some((shape) => shapesOf[field.kind]?.includes(shape) ?? false);
  });
}

/** `where is todo.txt`: small words only, but about something that is plainly a value, and nothing is changed. */
function isAboutValue({ skill, specific }: PatternMatch, { words }: Sentence): boolean {
  if (skill.effect !== 'read' || specific.slots.size === 0 || specific.matched < matchedMin / 2) return false;
  return [...specific.slots.values()].every(([from, to]) =>
    words.slice(from, to).some((word) => word.shape === 'path'),
  );
}

/**
 * A match counts by itself when two telling words of the pattern are there, or one and every slot looks like its field.
 * Otherwise the words of the sentence must not speak for another skill: `show {path}` matches `show my payslip` too.
 */
function believable(matches: readonly PatternMatch[], cues: readonly Cue[], situation: Situation): PatternMatch[] {
  const { sentence } = situation;
  const telling = (match: PatternMatch): boolean =>
    match.specific.content >= contentMin || match.specific.matched >= matchedMin || isAboutValue(match, sentence);
  const sure = (match: PatternMatch): boolean =>
    match.specific.content >= contentSure || (telling(match) && isTyped(match, sentence));
  if (matches.every(sure)) return [...matches];
  const scored = situation
    .scored()
    .filter(({ skill, loose }) => cueAgainst(skill.effect, loose?.alignment, cues) === undefined);
  const [best, second] = scored;
  if (best === undefined) return matches.filter(sure);
  const confidence = situation.index.calibration.confidence(best, second);
  return matches.filter((match) => {
    if (sure(match)) return true;
    if (!telling(match)) return false;
    if (isAboutValue(match, sentence)) return true;
    if (grave.has(match.skill.effect)) return best.skill === match.skill && confidence >= graveConfidence;
    const words = scored.find((one) => one.skill === match.skill)?.score ?? 0;
    const agrees = words >= agreeShare * best.score;
    return match.specific.content >= contentMin ? agrees || confidence < doubt : agrees && confidence >= doubt;
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
export function decideByPattern(situation: Situation, cues: readonly Cue[]): RouteDecision | undefined {
  const { index, sentence, around, allowed } = situation;
  const match: typeof index.match = (...given) => index.match(...given).filter(({ skill }) => allowed(skill));
  const matches = match(sentence, cues, around);
  const grounds = (reason: string): Grounds => ({ stage: 'pattern', reason, candidates: asCandidates(matches) });
  const plan = sentence.words.length > partsWordsMax ? undefined : planSteps(sentence, match, cues, around);
  if (plan !== undefined && prefersPlan(plan, matches[0])) {
    const candidates = asCandidates(plan.parts.map((part) => part.match));
    return decidePlan(plan, (reason) => ({ stage: 'pattern', reason, candidates }));
  }
  const strong = believable(matches, cues, situation);
  const [best] = strong;
  if (best === undefined) return undefined;
  const tied = strong.filter((one) => best.score - one.score < clearLead);
  const chosen = tied.length === 1 ? best : breakTie(tied, situation);
  if (chosen === undefined) {
    return askChoice(tied, grounds(`${tied.length} skills have a pattern that fits equally well`));
  }
  const [missing] = chosen.missing;
  const said = `“${chosen.pattern.source}” of ${chosen.skill.name} matches the whole sentence`;
  if (missing) return askInput(chosen.skill, missing, chosen.input, grounds(`${said}, but says no ${missing.label}`));
  return route([{ skill: chosen.skill, input: chosen.input }], grounds(said));
}
