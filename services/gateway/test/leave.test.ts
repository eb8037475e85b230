// A yes is for one step and one exact input: whatever else differs by anything is asked about again.
import { hashJson, type PlannedStep, type PolicyDecision } from '@switchboard/contract';
import type { QuestionRow } from '@switchboard/store';
import { expect, test } from 'vitest';
import { leaveFor } from '../src/coordinator/leave.ts';

const step: PlannedStep = {
  agent: 'workstation',
  skill: 'delete-file',
  contractHash: 'a'.repeat(64),
  input: { path: 'a.txt', recursive: false },
};
const policy: PolicyDecision = {
  decision: 'ask',
  rule: 'ask-before-it-counts',
  trust: 'trusted',
  effects: [{ class: 'destructive', on: 'files' }],
};
const approval: QuestionRow = {
  id: '0198c0de-0000-7000-8000-000000000001',
  turnId: '0198c0de-0000-7000-8000-000000000000',
  kind: 'approval',
  body: {},
  inputHash: hashJson(step),
  step: 1,
  askedAt: new Date(),
  expiresAt: new Date(),
  answeredAt: new Date(),
  answer: { approve: true },
  answeredBy: '0198c0de-0000-7000-8000-000000000002',
  answeredKey: 'key',
};
const place = { number: 1, step };

test('the very step that was approved may be done, under that approval', () => {
  expect(leaveFor([approval], place, policy)).toEqual({ policy, approvalId: approval.id });
  const reordered = { ...step, input: { recursive: false, path: 'a.txt' } };
  expect(leaveFor([approval], { number: 1, step: reordered }, policy)).toEqual({ policy, approvalId: approval.id });
});

test.each<[string, Partial<PlannedStep>]>([
  ['another input by one byte', { input: { path: 'b.txt', recursive: false } }],
  ['one field more', { input: { ...step.input, force: true } }],
  ['one field less', { input: { path: 'a.txt' } }],
  ['another skill', { skill: 'delete-folder' }],
  ['another agent', { agent: 'browser' }],
  ['another contract', { contractHash: 'b'.repeat(64) }],
])('%s is asked about again', (_, change) => {
  expect(leaveFor([approval], { number: 1, step: { ...step, ...change } }, policy)).toBe('ask');
});

test.each<[string, Partial<QuestionRow>]>([
  ['for another step', { step: 2 }],
  ['from before steps were kept', { step: null }],
  ['that was a no', { answer: { approve: false } }],
  ['that ran out', { answer: { expired: true } }],
  ['that was canceled', { answer: { canceled: true } }],
  ['that was about the outcome', { kind: 'outcome' }],
])('an answer %s is none', (_, change) => {
  expect(leaveFor([{ ...approval, ...change }], place, policy)).toBe('ask');
});

test('no yes outranks a deny, and what is allowed needs none', () => {
  expect(leaveFor([approval], place, { ...policy, decision: 'deny' })).toBe('deny');
  const allowed = { ...policy, decision: 'allow' as const };
  expect(leaveFor([], place, allowed)).toEqual({ policy: allowed, approvalId: null });
});
