// What was said in a session before a turn: looked up once, and summed up when much has fallen out of the window.
import { SwitchboardError } from '@switchboard/contract';
import { commit, type Driven } from '../coordinator/run.ts';
import { told } from '../coordinator/told.ts';
import { pastTurnsMax, type Window, windowOf } from './context.ts';
import { ask, type Leading, questionOf, thoughtOf } from './leading.ts';

/** Pinned facts that are in view: as many as there may be. */
const factsMax = 50;
/** Of messages, for an answer in words alone. */
const talkTokensMax = 600;
/** A summary that was not to be had is tried again with one turn in so many. */
const summaryTurns = 4;

const nothing = { summary: undefined, turns: [], more: false } as const;

/** A key that is for single skills knows nothing of what was said or is remembered without it. */
export async function lookBack({ parts, run, team, ...leading }: Leading): Promise<Window> {
  if (leading.window) return leading.window;
  const { sessionId, seq, principalId } = run.turn;
  // Where nothing can be done, the last exchanges are what is talked about.
  const { contextTokensMax } = parts.settings;
  const tokensMax = team.offered.length === 0 ? Math.min(contextTokensMax, talkTokensMax) : contextTokensMax;
  const { tainted } = run.standing;
  if (run.allowedSkills !== null) return windowOf(nothing, [], { tokensMax, tainted });
  const [past, facts] = await Promise.all([
    parts.store.thoughts.past(sessionId, seq, pastTurnsMax),
    parts.store.facts.pinned(principalId, factsMax),
  ]);
  return windowOf(past, facts, { tokensMax, tainted });
}

/**
 * What has fallen out of the window becomes part of the summary, when that is due. The turn goes on without one where
 * none is to be had: nobody has asked for it.
 */
export async function sumUp(leading: Leading): Promise<Driven | undefined> {
  const { parts, run, team, window } = leading;
  const { overdue, context } = window ?? {};
  if (overdue === undefined || run.turn.seq % summaryTurns !== 0) return undefined;
  if (run.thoughts.length > 0) return undefined;
  const question = questionOf(leading, {
    agent: team.lead,
    purpose: 'summarize',
    goal: 'Sum up what was said so far',
    context: { facts: [], ...(context?.summary && { summary: context.summary }), messages: overdue.messages },
  });
  try {
    const answer = await ask(leading, question);
    if (answer === undefined) return { kind: 'waits', agent: team.lead };
    if (answer.kind !== 'say') return undefined;
    const row = thoughtOf(question, answer);
    run.thoughts.push(row);
    const text = answer.text.slice(0, 8_000).toWellFormed();
    const summary = { through: overdue.through, text, trust: overdue.trust };
    await commit(parts, run, { thoughts: [row], summary, events: [told.thought(row)] });
    leading.window = undefined;
  } catch (error) {
    if (!(error instanceof SwitchboardError)) throw error;
    run.log.warn({ code: error.code }, 'no summary could be had');
  }
  return undefined;
}
