// Questions a turn asks, and what an answer does to it.
import {
  type Approval,
  hashJson,
  type PlannedStep,
  type PlanRest,
  type PolicyDecision,
  plannedStepSchema,
  planRestSchema,
  policyDecisionSchema,
  type Question,
  type RouteDecision,
  type SkillDocument,
  SwitchboardError,
  trustSchema,
} from '@switchboard/contract';
import type { AnswerEffect, ApprovalRow, NewQuestion, QuestionRow, TurnRow } from '@switchboard/store';
import { v7 as uuid } from 'uuid';
import { z } from 'zod';
import { builtInRules } from '../policy/built-in-rules.ts';
import { type StepPlace, told } from './told.ts';

type Asked = Extract<RouteDecision, { outcome: 'ask' }>;

/** The routing question as a row: its body is what the answer needs, and what a person reads. */
export function routingQuestion(decision: Asked, expiresInMs: number): NewQuestion {
  const { kind, ...body } = decision.question;
  return { id: uuid(), kind, body, expiresInMs };
}

/** What a model asks the person; `thought` is the one that asks, and gets the answer. */
export function thoughtQuestion(text: string, thought: number, expiresInMs: number): NewQuestion {
  return { id: uuid(), kind: 'input', body: { text, thought }, expiresInMs };
}

/** What an approval is bound to: this agent, this skill, this contract, this very input. */
export function approvalHash(step: PlannedStep): string {
  return hashJson({ agent: step.agent, skill: step.skill, contractHash: step.contractHash, input: step.input });
}

/** What a person must know before they say yes. */
const warnings: Readonly<Record<string, string>> = {
  destructive: 'This cannot be undone.',
  external: 'This leaves the house.',
  spend: 'This costs money.',
};

const unfamiliar = 'Text that somebody else wrote was read before this, and may have asked for it.';

interface Asking {
  /** The skill's own. */
  readonly words: string | undefined;
  /** A model chose the step: what it has read may have talked it into it. */
  readonly isLed: boolean;
  readonly expiresInMs: number;
}

/** Never shortened: a person approves what they have read. */
export function approvalQuestion(
  { number, step }: StepPlace,
  document: SkillDocument,
  { rule, trust, effects }: PolicyDecision,
  { words, isLed, expiresInMs }: Asking,
): NewQuestion {
  const input = Object.entries(step.input).map(([key, value]) => `${key} ${JSON.stringify(value)}`);
  const classes = new Set(document.effects.map((effect) => effect.class));
  const warned = [...classes].flatMap((name) => warnings[name] ?? []);
  const bare = [`${document.title}: ${input.join(', ')}.`, ...warned].join(' ');
  const isUnfamiliar = rule === builtInRules.ruleOfTwo || (isLed && trust === 'untrusted');
  const ours = [...(isUnfamiliar ? [unfamiliar] : []), 'Go ahead?'].join(' ');
  // Apart from what was written: a text of several lines is often a stranger's, or goes to one.
  const said = words ?? bare;
  return {
    id: uuid(),
    kind: 'approval',
    body: { text: `${said}${said.includes('\n') ? '\n\n' : ' '}${ours}`, step, effects, rule, trust },
    inputHash: approvalHash(step),
    step: number,
    expiresInMs,
  };
}

export const outcomeChoices = [
  { id: 'happened', label: 'It happened' },
  { id: 'retry', label: 'Try again' },
  { id: 'leave', label: 'Leave it' },
] as const;

export function outcomeQuestion(step: PlannedStep, title: string, startedAt: Date, expiresInMs: number): NewQuestion {
  const text =
    `${title}: the agent died in the middle of it, and nobody can tell whether it was done ` +
    `(tried at ${startedAt.toISOString()}). Did it happen?`;
  return {
    id: uuid(),
    kind: 'outcome',
    body: { text, step, choices: [...outcomeChoices] },
    inputHash: approvalHash(step),
    expiresInMs,
  };
}

const bodySchema = z.looseObject({
  text: z.string(),
  choices: z
    .array(
      z.looseObject({
        id: z.string(),
        label: z.string(),
        skill: z.string().optional(),
        agent: z.string().optional(),
        arguments: z.record(z.string(), z.unknown()).optional(),
        rest: planRestSchema.optional(),
      }),
    )
    .optional(),
  field: z.string().optional(),
  thought: z.int().optional(),
  agent: z.string().optional(),
  skill: z.string().optional(),
  arguments: z.record(z.string(), z.unknown()).optional(),
  rest: planRestSchema.optional(),
  step: plannedStepSchema.optional(),
  effects: policyDecisionSchema.shape.effects.optional(),
  rule: policyDecisionSchema.shape.rule.optional(),
  trust: trustSchema.optional(),
});

/** The question as the API shows it. */
export function viewQuestion(row: QuestionRow): Question {
  const body = bodySchema.parse(row.body);
  return {
    id: row.id,
    kind: row.kind,
    text: body.text,
    ...(body.choices && { choices: body.choices.map(({ id, label }) => ({ id, label })) }),
    ...(body.field !== undefined && { field: body.field }),
    ...(body.step && { step: body.step }),
    ...(body.effects && { effects: body.effects }),
    ...(body.rule !== undefined && { rule: body.rule }),
    ...(body.trust && { trust: body.trust }),
    ...(row.inputHash !== null && { inputHash: row.inputHash }),
    askedAt: row.askedAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
  };
}

/** An open approval as the API lists it. Throws when its row is not one. */
export function viewApproval(row: ApprovalRow): Approval {
  const { step, effects, rule, trust, text } = bodySchema.parse(row.body);
  if (!step || !effects || rule === undefined || !trust || row.inputHash === null) {
    throw new TypeError(`question ${row.id} is no approval`);
  }
  return {
    id: row.id,
    turnId: row.turnId,
    sessionId: row.sessionId,
    text,
    ...step,
    inputHash: row.inputHash,
    effects,
    rule,
    trust,
    askedAt: row.askedAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
  };
}

export type Answer = { readonly text: string } | { readonly choice: string } | { readonly approve: boolean };

const yes = new Set(['yes', 'y', 'ok', 'okay', 'approve', 'approved', 'do it', 'go ahead', 'sure']);
const no = new Set(['no', 'n', 'cancel', 'stop', 'refuse', 'deny', 'do not', "don't"]);

function approval(answer: Answer): boolean {
  if ('approve' in answer) return answer.approve;
  const word = 'text' in answer ? answer.text.trim().toLowerCase().replace(/[.!]$/, '') : '';
  if (yes.has(word)) return true;
  if (no.has(word)) return false;
  throw new SwitchboardError('invalid-request', 'Answer an approval with {"approve": true} or {"approve": false}');
}

function choiceId(answer: Answer, choices: readonly { id: string; label: string }[]): string {
  const given = 'choice' in answer ? answer.choice : 'text' in answer ? answer.text.trim().toLowerCase() : '';
  const byNumber = choices[Number(given) - 1];
  const found = choices.find(({ id, label }) => id === given || label.toLowerCase() === given) ?? byNumber;
  if (found) return found.id;
  const ids = choices.map(({ id }) => id).join(', ');
  throw new SwitchboardError('invalid-request', `Answer with {"choice": …}, one of: ${ids}`);
}

export interface AnswerSettings {
  readonly deadlineMs: number;
  /** Who answers, and with which key; `from`: over which channel. */
  readonly by: {
    readonly principalId: string;
    readonly principal: string;
    readonly keyId: string;
    readonly from?: Readonly<Record<string, string>>;
  };
}

/** What this answer does. Throws SwitchboardError `invalid-request` when it does not fit the question. */
export function effectOf(
  turn: TurnRow,
  row: QuestionRow,
  answer: Answer,
  { deadlineMs, by }: AnswerSettings,
): AnswerEffect {
  const body = bodySchema.parse(row.body);
  const base = { turnId: turn.id, questionId: row.id, by: { principalId: by.principalId, keyId: by.keyId } };
  const who = { principal: by.principal, key: by.keyId, ...(by.from && { from: by.from }) };
  const said = (answer: Record<string, unknown>) => ({ answer, events: [told.answered(row, answer, who)] });
  if (row.kind === 'approval') {
    const approve = approval(answer);
    if (approve) return { ...base, ...said({ approve }), turn: { state: 'submitted', deadlineMs } };
    return refusal(base, said({ approve }), 'You said no, so it was not done');
  }
  if (row.kind === 'outcome') {
    return { ...base, ...said({ choice: choiceId(answer, outcomeChoices) }), turn: { state: 'unchanged' } };
  }
  if (row.kind === 'choice') {
    const id = choiceId(answer, body.choices ?? []);
    const chosen = body.choices?.find((choice) => choice.id === id);
    // What the message said has been read into the choice's arguments.
    const address = { ...turn.address, text: '', ...pick(chosen) };
    return { ...base, ...said({ choice: id }), turn: { state: 'submitted', address, deadlineMs } };
  }
  if (!('text' in answer)) throw new SwitchboardError('invalid-request', `Answer with {"text": …}: ${body.text}`);
  // The model that asked reads it there: nothing is left to recognise.
  if (body.thought !== undefined)
    return { ...base, ...said({ text: answer.text }), turn: { state: 'submitted', deadlineMs } };
  const address = { ...turn.address, ...pick(body), answer: { field: body.field ?? '', text: answer.text } };
  return { ...base, ...said({ text: answer.text }), turn: { state: 'submitted', address, deadlineMs } };
}

/** What the end of a question's time does: the answer is no. */
export function expiryOf(row: QuestionRow): AnswerEffect {
  const base = { turnId: row.turnId, questionId: row.id, by: null };
  const answer = { expired: true };
  const events = [told.answered(row, answer)];
  if (row.kind === 'outcome') return { ...base, answer, events, turn: { state: 'unchanged' } };
  return refusal(base, { answer, events }, 'There was no answer in time, so it was not done');
}

/** Where the answer leads: what the question was about, and no more than that of any plan. */
function pick(
  from: {
    agent?: string | undefined;
    skill?: string | undefined;
    arguments?: Record<string, unknown> | undefined;
    rest?: PlanRest | undefined;
  } = {},
) {
  return {
    ...(from.agent !== undefined && { agent: from.agent }),
    ...(from.skill !== undefined && { skill: from.skill }),
    ...(from.arguments !== undefined && { arguments: from.arguments }),
    rest: from.rest,
  };
}

function refusal(
  base: Pick<AnswerEffect, 'turnId' | 'questionId' | 'by'>,
  said: Pick<AnswerEffect, 'answer' | 'events'>,
  message: string,
): AnswerEffect {
  const error = { code: 'approval-refused', message } as const;
  return {
    ...base,
    answer: said.answer,
    events: [...said.events, { type: 'turn-canceled', data: { error } }],
    turn: { state: 'canceled', error },
  };
}
