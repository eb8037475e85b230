// A dry run: what would be done, with which input and effects, and what policy says of it. Nothing is.
import { mapReferences, type PolicyDecision, type RouteDecision, sayReference } from '@switchboard/contract';
import type { TurnOutput } from '@switchboard/store';
import { type Deciding, type DecidingParts, type Forecast, forecast } from './decide-step.ts';
import { checkReferences } from './fill-step.ts';

const words: Readonly<Record<PolicyDecision['decision'], (rule: string) => string>> = {
  allow: (rule) => `allowed by ${rule}`,
  ask: (rule) => `asked about first, because of ${rule}`,
  deny: (rule) => `never done, because of ${rule}`,
};

function line({ number, step, policy }: Forecast): string {
  const input = number === 1 ? step.input : mapReferences(step.input, sayReference);
  return `${number}. ${step.skill} on ${step.agent} with ${JSON.stringify(input)}: ${words[policy.decision](policy.rule)}.`;
}

/** Throws `contract-mismatch` when a skill is not offered any more as it was planned, and as checkReferences. */
export function rehearse(parts: DecidingParts, run: Deciding, decision: RouteDecision): TurnOutput {
  if (decision.outcome === 'refuse') return { text: decision.text };
  if (decision.outcome === 'ask') return { text: `I would ask: ${decision.question.text}` };
  if (decision.outcome === 'drive') {
    const skills = decision.skills.map(({ skill }) => skill).join(', ') || 'no skill';
    return { text: `I would let a model decide step by step, with ${skills}.` };
  }
  checkReferences(parts, decision.steps);
  const rehearsed = forecast(parts, run, decision.steps);
  const steps = rehearsed.map(({ step, policy }) => ({
    agent: step.agent,
    skill: step.skill,
    input: step.input,
    ...policy,
  }));
  return { text: ['I would run', ...rehearsed.map(line)].join('\n'), data: { steps } };
}
