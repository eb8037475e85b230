// The registry of errors, pinned; and what of a thrown thing is shown.
import { expect, test } from 'vitest';
import { errorFacts, errorInfoSchema, problemType, SkillError, SwitchboardError, toErrorInfo } from '../src/index.ts';

// Literals on purpose: callers act on code, status and whether to try again.
const pinned = {
  'invalid-request': [400, 'never', 'caller'],
  'idempotency-key-missing': [400, 'never', 'caller'],
  unauthenticated: [401, 'never', 'caller'],
  forbidden: [403, 'never', 'caller'],
  'not-found': [404, 'never', 'caller'],
  'method-not-allowed': [405, 'never', 'caller'],
  conflict: [409, 'never', 'caller'],
  'too-large': [413, 'never', 'caller'],
  'unsupported-media-type': [415, 'never', 'caller'],
  'idempotency-mismatch': [422, 'never', 'caller'],
  'invalid-input': [422, 'never', 'caller'],
  'queue-full': [429, 'safe', 'caller'],
  'rate-limited': [429, 'safe', 'caller'],
  'locked-out': [429, 'safe', 'caller'],
  internal: [500, 'unknown', 'developer'],
  overloaded: [503, 'safe', 'caller'],
  unavailable: [503, 'safe', 'operator'],
  'agent-unavailable': [503, 'safe', 'operator'],
  'skill-failed': [422, 'never', 'person'],
  'contract-mismatch': [409, 'safe', 'operator'],
  'deadline-exceeded': [504, 'safe', 'person'],
  'outcome-unknown': [504, 'unknown', 'person'],
  'policy-denied': [403, 'never', 'operator'],
  'approval-refused': [403, 'never', 'person'],
  'not-understood': [422, 'never', 'person'],
  'budget-exceeded': [429, 'never', 'operator'],
  'model-failed': [502, 'never', 'person'],
  canceled: [409, 'never', 'person'],
  poison: [500, 'never', 'operator'],
};

test('error codes: status, whether to try again, who must act', () => {
  const found = Object.entries(errorFacts).map(([code, { status, retry, actor }]) => [code, [status, retry, actor]]);
  expect(Object.fromEntries(found)).toEqual(pinned);
});

test('the problem type of a code stays', () => {
  expect(problemType('outcome-unknown')).toBe('/docs/errors#outcome-unknown');
});

test('a deliberate error is shown as it is, with the reason of a skill', () => {
  expect(toErrorInfo(new SwitchboardError('conflict', 'It had ended'))).toEqual({
    code: 'conflict',
    message: 'It had ended',
  });
  expect(toErrorInfo(new SkillError('not-found', 'There is no a.txt'))).toEqual({
    code: 'skill-failed',
    message: 'There is no a.txt',
    reason: 'not-found',
  });
});

test.each([new Error('password is hunter2'), 'hunter2', undefined, { code: 'conflict', message: 'hunter2' }])(
  'anything else says nothing of itself: %s',
  (thrown) => {
    expect(toErrorInfo(thrown)).toEqual({ code: 'internal', message: errorFacts.internal.title });
  },
);

test('a message is cut to what its own schema takes', () => {
  const info = new SwitchboardError('internal', 'x'.repeat(5000)).toInfo();
  expect(info.message).toHaveLength(4000);
  expect(errorInfoSchema.parse(info)).toEqual(info);
});

test('a code that is not in the registry does not compile', () => {
  // @ts-expect-error: there is no such code
  expect(new SwitchboardError('not-a-code', 'x').code).toBe('not-a-code');
});
