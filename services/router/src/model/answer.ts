// Answers a route request: by rules, and where they are unsure and a model is here, by what it chooses among a few skills.
import type { ModelReply, RouteDecision, RouteRequest } from '@switchboard/contract';
import type { CatalogueIndex } from '../catalogue-index.ts';
import { type DecideOptions, type Ruled, rule } from '../decide.ts';
import type { RoutableSkill } from '../routable.ts';
import { weighDoubt } from './doubt.ts';
import { drive, inVain } from './drive.ts';
import { type ModelQuestion, writeQuestion } from './prompt.ts';
import { readChoice } from './read-choice.ts';
import { widen } from './widen.ts';

/** A choice that takes longer is not waited for: the rules have an answer. */
export const choiceMsMax = 15_000;

/** Why there is no reply, for a person; without any secret. */
export interface NoReply {
  readonly why: string;
}

/** Never rejects for anything that the other side does. */
export type AskModel = (question: ModelQuestion) => Promise<ModelReply | NoReply>;

function talk({ agent }: Ruled, reason: string, usage?: ModelReply['usage']): RouteDecision {
  return drive({ agent, skills: [], candidates: [], reason, ...(usage && { usage }) });
}

/** What a model would be left with, without asking one. */
export function explain(request: RouteRequest, index: CatalogueIndex, options: DecideOptions = {}): RouteDecision {
  const ruled = rule(request, index, options);
  const next = weighDoubt(request, ruled);
  if (next.kind === 'keep') return ruled.decision;
  if (next.kind === 'talk') return talk(ruled, `${next.why}; a model answers`);
  return propose(ruled, next.candidates, next.why);
}

function propose(ruled: Ruled, candidates: readonly RoutableSkill[], why: string): RouteDecision {
  const reason = `${why}; a model would choose among these ${candidates.length}`;
  return drive({ agent: ruled.agent, skills: candidates, candidates, reason });
}

async function choose(
  request: RouteRequest,
  ruled: Ruled,
  all: readonly RoutableSkill[],
  { turn, why, ask }: { turn: string; why: string; ask: AskModel },
): Promise<RouteDecision> {
  const { question, candidates } = writeQuestion(request, turn, all);
  const reply = await ask(question);
  if ('why' in reply) return inVain(ruled.decision, reply.why);
  const choice = readChoice(reply, candidates);
  const { usage } = reply;
  const { index, allowed } = ruled.situation;
  switch (choice.kind) {
    case 'none':
      return inVain(ruled.decision, choice.why);
    case 'talk':
      return talk(ruled, `${why}; the model takes it for talk`, usage);
    case 'unclear':
      // A choice that the rules can offer asks the person better than a model that does not know either.
      if (ruled.decision.outcome === 'ask') return inVain(ruled.decision, 'the model cannot tell either');
      break;
    case 'do':
  }
  const skills = widen(choice.skills, candidates, index, allowed);
  const said = choice.skills.map(({ name }) => name).join(', ');
  const reason = choice.kind === 'do' ? `the model chose ${said}` : 'the model cannot tell what is meant';
  return drive({ agent: ruled.agent, skills, candidates, reason: `${why}; ${reason}`, usage });
}

/** Asks a model at most once, and never where the rules are sure or the message is talk. */
export async function answerRoute(
  request: RouteRequest,
  index: CatalogueIndex,
  { ask, ...options }: DecideOptions & { readonly ask: AskModel },
): Promise<RouteDecision> {
  const ruled = rule(request, index, options);
  const next = weighDoubt(request, ruled);
  if (next.kind === 'keep') return ruled.decision;
  if (next.kind === 'talk') return talk(ruled, `${next.why}; a model answers`);
  const turn = request.model?.turn;
  if (turn === undefined) return propose(ruled, next.candidates, next.why);
  return choose(request, ruled, next.candidates, { turn, why: next.why, ask });
}
