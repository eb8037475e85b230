// One turn that a model leads, while it is led: what is asked of whom, and what an answer is kept as.
import { type Next, type NextReply, SwitchboardError, thoughtsMax } from '@switchboard/contract';
import type { ThoughtRow } from '@switchboard/store';
import type { CoordinatorParts, Run } from '../coordinator/run.ts';
import type { OfferedSkill } from '../directory.ts';
import { askNext } from './ask-next.ts';
import type { Window } from './context.ts';
import { observationsOf } from './observe.ts';
import { describeSkills, otherRoles } from './offer.ts';

export interface Leading {
  readonly parts: CoordinatorParts;
  readonly run: Run;
  readonly team: { readonly lead: string; readonly offered: readonly OfferedSkill[] };
  /** What was said before; undefined: it has not been looked at yet. */
  window: Window | undefined;
  /** Calls that were refused because they had been done just so. */
  repeated: number;
}

export function questionOf(
  { run, team, parts }: Leading,
  about: Pick<Next, 'agent' | 'purpose' | 'goal' | 'context'>,
): Next {
  const { turn, thoughts, invocations, answered, standing } = run;
  const number = thoughts.length + 1;
  const decides = about.purpose === 'decide';
  return {
    v: 1,
    id: `${turn.id}-${number}-1`,
    session: turn.sessionId,
    turn: turn.id,
    thought: number,
    skills: decides ? describeSkills(team.offered) : [],
    roles: decides ? otherRoles(parts.directory, team.lead) : [],
    observations: decides ? observationsOf({ thoughts, invocations, answered, tainted: standing.tainted }) : [],
    stepsLeft: Math.max(0, parts.settings.stepsMax - run.steps.length),
    now: turn.createdAt.toISOString(),
    deadline: turn.deadline.toISOString(),
    ...about,
  };
}

/** Undefined: the agent is away. While it thinks, the turn takes no place of those that are worked on. */
export async function ask({ parts, run }: Leading, question: Next): Promise<NextReply | undefined> {
  if (question.thought > thoughtsMax) {
    throw new SwitchboardError('model-failed', `It came to no end in ${thoughtsMax} thoughts`);
  }
  const thoughtOver = parts.thinking.begin(run.turn.id);
  try {
    return await askNext(parts, question, {
      signal: run.patience,
      traceparent: run.turn.traceparent ?? undefined,
    });
  } finally {
    thoughtOver();
  }
}

export function thoughtOf(question: Next, answer: NextReply, became: Partial<Pick<ThoughtRow, 'step' | 'why'>> = {}) {
  const { thought: number, purpose, agent } = question;
  return { number, purpose, agent, answer, step: null, why: null, usage: answer.usage, ...became } satisfies ThoughtRow;
}
