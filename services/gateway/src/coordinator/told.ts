// The words of the record: what each event says, redacted by the skill's contract.
import type { ErrorInfo, PlannedStep, PolicyDecision, RouteDecision, SkillDocument } from '@switchboard/contract';
import type { NewEvent, NewInvocation, NewQuestion, QuestionRow, ThoughtRow } from '@switchboard/store';

type Json = Record<string, unknown>;

/** One step of a plan, and its number in it, from 1. */
export interface StepPlace {
  readonly number: number;
  readonly step: PlannedStep;
}

/** What a log or an event may hold of one text: enough to recognise it. */
const textMax = 2_000;

/** And of all members of one value: what is larger than the stream takes would wait in front of all that comes after it. */
const wholeMax = 50_000;

/** A long string is cut with its length said; named fields are taken out. */
export function redacted(value: Json | undefined, fields: readonly string[]): Json | undefined {
  if (value === undefined) return undefined;
  const shown = Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, fields.includes(key) ? '[redacted]' : shortened(member)]),
  );
  const text = JSON.stringify(shown);
  return text.length <= wholeMax ? shown : { shortened: shortened(text) };
}

function shortened(value: unknown): unknown {
  if (typeof value === 'string' && value.length > textMax) {
    return `${value.slice(0, textMax)}… (${value.length} characters)`;
  }
  if (typeof value === 'object' && value !== null) {
    const text = JSON.stringify(value);
    if (text.length > textMax) return `${text.slice(0, textMax)}… (${text.length} characters)`;
  }
  return value;
}

export const told = {
  routed: (decision: RouteDecision): NewEvent => ({
    type: 'turn-routed',
    data: {
      outcome: decision.outcome,
      stage: decision.stage,
      reason: decision.reason,
      ...(decision.outcome === 'route' && { steps: decision.steps.map(({ agent, skill }) => ({ agent, skill })) }),
      ...(decision.outcome === 'drive' && {
        lead: decision.agent,
        skills: decision.skills.map(({ agent, skill }) => ({ agent, skill })),
        ...(decision.usage && { usage: decision.usage }),
      }),
      candidates: decision.candidates.map(({ agent, skill, score }) => ({ agent, skill, score })),
    },
  }),

  /** What a model answered, without its words: those are on the record where they lead to something. */
  thought: ({ number, purpose, agent, answer, step, why, usage }: ThoughtRow): NewEvent => ({
    type: 'turn-thought',
    data: {
      thought: number,
      purpose,
      agent,
      kind: answer.kind,
      ...(answer.kind === 'call' && { skill: answer.skill }),
      ...(answer.kind === 'consult' && { role: answer.agent }),
      ...(step !== null && { step }),
      ...(why !== null && { why: shortened(why) }),
      usage,
    },
  }),

  /** `revision` names the policy that was in force. */
  decided: ({ number, step }: StepPlace, policy: PolicyDecision, revision: string): NewEvent => ({
    type: 'policy-decided',
    data: { step: number, agent: step.agent, skill: step.skill, ...policy, revision },
  }),

  started: (row: NewInvocation, document: SkillDocument): NewEvent => ({
    type: 'step-started',
    data: {
      invocation: row.id,
      step: row.step,
      attempt: row.attempt,
      agent: row.agent,
      skill: row.skill,
      effects: row.effects,
      ingests: row.ingests,
      input: redacted(row.input, document.redact),
      inputHash: row.inputHash,
      ...(row.approvalId !== null && { approval: row.approvalId }),
    },
  }),

  settling: (invocation: string, why: string): NewEvent => ({ type: 'step-settling', data: { invocation, why } }),

  ended: (invocation: string, step: PlannedStep, state: string, rest: Json): NewEvent => ({
    type: 'step-ended',
    data: { invocation, agent: step.agent, skill: step.skill, state, ...rest },
  }),

  asked: (question: NewQuestion): NewEvent => ({
    type: 'question-asked',
    data: {
      question: question.id,
      kind: question.kind,
      ...redacted(question.body, []),
      ...(question.inputHash !== undefined && { inputHash: question.inputHash }),
    },
  }),

  /** Without `by` it was the end of its time that answered. */
  answered: (question: Pick<QuestionRow, 'id' | 'kind'>, answer: Json, by?: Json): NewEvent => ({
    type: 'question-answered',
    data: { question: question.id, kind: question.kind, answer, ...(by && { by }) },
  }),

  waiting: (agent: string): NewEvent => ({ type: 'turn-waiting', data: { for: 'agent', agent } }),

  completed: (text: string): NewEvent => ({ type: 'turn-completed', data: { text: shortened(text) } }),

  over: (state: 'failed' | 'canceled' | 'rejected', error: ErrorInfo): NewEvent => ({
    type: `turn-${state}`,
    data: { error },
  }),
};
