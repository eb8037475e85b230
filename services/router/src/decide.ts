// The decision by rules: explicit address, then sentence patterns, then words; it is to route, ask or refuse. Pure.
import type { RouteDecision, RouteRequest } from '@switchboard/contract';
import { type Grounds, refuse } from './answers.ts';
import type { CatalogueIndex } from './catalogue-index.ts';
import { isCourtesy } from './courtesy.ts';
import { findCues } from './cues.ts';
import { decideExplicit } from './decide-explicit.ts';
import { decideByWords } from './decide-lexical.ts';
import { decideByPattern } from './decide-pattern.ts';
import { type Address, readAddress } from './explicit.ts';
import { takesArtifact } from './fields.ts';
import { fillLoosely } from './fill.ts';
import { createGive } from './givers.ts';
import type { Surroundings } from './read-slot.ts';
import type { RoutableSkill } from './routable.ts';
import type { Scored } from './scoring.ts';
import { readSentence, type Sentence } from './sentence.ts';
import type { Ruling, Situation } from './situation.ts';

export interface DecideOptions {
  /** What day it is, for `tomorrow`; without it only full dates are understood. */
  readonly now?: Date;
}

const help =
  /^\W*(help|what (can|do) you do|what are you able to do|commands|skills|list (skills|commands)|menu|\?)( for me)?\W*$/i;

function surroundings(request: RouteRequest, index: CatalogueIndex, now: Date | undefined): Surroundings {
  const earlier = request.recent.map(({ skill, input }) => ({
    fields: index.skills.find((one) => one.name === skill)?.fields ?? [],
    input,
  }));
  return { earlier, now, give: createGive(index, now) };
}

function nothing(reason: string, stage: Grounds['stage'] = 'lexical'): Grounds {
  return { stage, reason, candidates: [] };
}

/** What a skill cannot do without has to come from the sentence when it is made by another skill: a person cannot type it. */
function hasItsGifts({ skill, loose }: Scored, sentence: Sentence, around: Surroundings): boolean {
  const needed = skill.fields.filter((field) => field.required && takesArtifact(field));
  if (needed.length === 0) return true;
  const { input } = fillLoosely(skill, sentence, loose?.alignment, around);
  return needed.every((field) => input[field.name] !== undefined);
}

/** One skill of each agent in turn, so that a refusal shows what kinds of things can be done. */
function overview(skills: readonly RoutableSkill[]): RoutableSkill[] {
  const agents = new Map<string, RoutableSkill[]>();
  for (const skill of skills) agents.set(skill.agent, [...(agents.get(skill.agent) ?? []), skill]);
  const rows = [...agents.values()];
  return Array.from({ length: 5 }, (_, at) => rows.flatMap((row) => row[at] ?? [])).flat();
}

/** A ruling with what it was made of. */
export interface Ruled extends Ruling {
  readonly situation: Situation;
  /** The agent that is addressed. */
  readonly agent: string | undefined;
}

/** Decides, and says whether the rules are sure. Never throws on any text and keeps no state. */
export function rule(request: RouteRequest, index: CatalogueIndex, options: DecideOptions = {}): Ruled {
  const address = readAddress(request, index.skills);
  const situation = situate(request, address, index, options);
  return { ...judge(request, address, situation), situation, agent: address.agent };
}

/** Decides what a request means in a catalogue. Never throws on any text, and gives equal answers to equal questions. */
export function decide(request: RouteRequest, index: CatalogueIndex, options: DecideOptions = {}): RouteDecision {
  return rule(request, index, options).decision;
}

function situate(request: RouteRequest, address: Address, index: CatalogueIndex, options: DecideOptions): Situation {
  const around = surroundings(request, index, options.now);
  const allowed = (skill: RoutableSkill): boolean => address.agent === undefined || skill.agent === address.agent;
  const sentence = readSentence(address.rest);
  let scored: readonly Scored[] | undefined;
  return {
    index,
    sentence,
    around,
    allowed,
    scored() {
      scored ??= index.score(sentence, allowed).filter((one) => hasItsGifts(one, sentence, around));
      return scored;
    },
  };
}

function judge(request: RouteRequest, address: Address, situation: Situation): Ruling {
  const { index, sentence, allowed } = situation;
  const { skills } = index;
  const sure = (decision: RouteDecision): Ruling => ({ decision });
  if (skills.length === 0)
    return sure(refuse('No agent is here, so nothing can be done yet.', [], nothing('The catalogue is empty')));
  if (address.unknown === undefined && address.skills !== undefined) {
    return sure(decideExplicit(request, address.skills, situation));
  }
  const offers = (): RoutableSkill[] => overview(skills.some(allowed) ? skills.filter(allowed) : skills);
  if (address.unknown !== undefined && !help.test(address.unknown.slice(1))) {
    const what = `There is no ${address.unknown.startsWith('@') ? 'agent' : 'skill'} called ${address.unknown.slice(0, 80)} here.`;
    return sure(refuse(what, offers(), nothing('What is addressed is not here', 'explicit')));
  }
  if (help.test(request.text.slice(0, 80)) || address.unknown !== undefined) {
    return sure(refuse('Say what to do in a sentence.', offers(), nothing('Asked what can be done')));
  }
  if (!sentence.words.some((word) => /[\p{L}\p{N}]/u.test(sentence.text.slice(word.start, word.end)))) {
    return sure(refuse('There is nothing to do in that message.', offers(), nothing('The message has no words')));
  }
  const cues = findCues(sentence);
  const byPattern = decideByPattern(situation, cues);
  if (byPattern) return byPattern;
  if (isCourtesy(sentence)) {
    const decision = refuse(
      'There is nothing to do in that message.',
      offers(),
      nothing('The message is only courtesy'),
    );
    return { decision, doubt: 'unknown' };
  }
  return decideByWords(situation, cues, offers);
}
