// Rows of the store as resources of the API.
import type { Artifact, Session, Step, Turn } from '@switchboard/contract';
import type { InvocationRow, SessionRow, TurnView } from '@switchboard/store';
import { z } from 'zod';
import { viewQuestion } from '../coordinator/questions.ts';
import { usdNumber } from '../models/money.ts';

export function viewSession(row: SessionRow): Session {
  return {
    id: row.id,
    ...(row.title !== null && { title: row.title }),
    ...(row.agent !== null && { agent: row.agent }),
    tainted: row.tainted,
    createdAt: row.createdAt.toISOString(),
    ...(row.endedAt !== null && { endedAt: row.endedAt.toISOString() }),
  };
}

const effectsSchema = z.array(z.strictObject({ class: z.string(), on: z.string() }));

function viewStep(row: InvocationRow): Step {
  return {
    id: row.id,
    step: row.step,
    attempt: row.attempt,
    agent: row.agent,
    skill: row.skill,
    state: row.state,
    effects: effectsSchema.parse(row.effects) as Step['effects'],
    input: row.input,
    ...(row.output !== null && { output: row.output }),
    ...(row.error !== null && { error: row.error }),
    startedAt: row.startedAt.toISOString(),
    ...(row.finishedAt !== null && { finishedAt: row.finishedAt.toISOString() }),
  };
}

const linked = (artifact: Artifact) => ({ ...artifact, href: `/v1/artifacts/${artifact.id}` });

function viewRoute({ turn }: TurnView): Pick<Turn, 'route'> {
  const { decision } = turn;
  if (!decision) return {};
  const steps = decision.outcome === 'route' ? decision.steps : decision.outcome === 'drive' ? decision.skills : [];
  const agent = decision.outcome === 'drive' ? decision.agent : steps[0]?.agent;
  return {
    route: {
      outcome: decision.outcome,
      ...(agent !== undefined && { agent }),
      skills: steps.map((step) => step.skill),
      candidates: decision.candidates,
      stage: decision.stage,
      reason: decision.reason,
    },
  };
}

function viewOutput({ turn, artifacts }: TurnView): Pick<Turn, 'output'> {
  const { output } = turn;
  if (!output) return {};
  return {
    output: {
      text: output.text,
      ...(output.data && { data: output.data }),
      artifacts: artifacts.map(linked),
    },
  };
}

function viewUsage({ usage }: TurnView): Pick<Turn, 'usage'> {
  if (!usage) return {};
  const { costMicros, ...counts } = usage;
  return { usage: { ...counts, costUsd: usdNumber(costMicros) } };
}

export function viewTurn(view: TurnView): Turn {
  const { turn, invocations, question } = view;
  return {
    id: turn.id,
    sessionId: turn.sessionId,
    state: turn.state,
    input: turn.request.input,
    dryRun: turn.request.dryRun,
    ...viewOutput(view),
    ...viewRoute(view),
    steps: invocations.map(viewStep),
    ...(question && { question: viewQuestion(question) }),
    ...(turn.error !== null && { error: turn.error }),
    ...viewUsage(view),
    createdAt: turn.createdAt.toISOString(),
    ...(turn.finishedAt !== null && { finishedAt: turn.finishedAt.toISOString() }),
  };
}
