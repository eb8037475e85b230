// States, effects, events and names, pinned: words that the database, events and callers all hold.
import { expect, test } from 'vitest';
import {
  artifactBytesMax,
  effectClasses,
  eventTypes,
  idSchema,
  inlineBytesMax,
  inputCharactersMax,
  invocationId,
  invocationIdSchema,
  isTerminal,
  nameSchema,
  repeats,
  skillTimeoutMsMax,
  stepStates,
  terminalTurnStates,
  turnStates,
  versionSchema,
} from '../src/index.ts';

test('turn states are those of A2A, and four of them end a turn', () => {
  expect(turnStates).toEqual([
    'submitted',
    'working',
    'input-required',
    'auth-required',
    'completed',
    'failed',
    'canceled',
    'rejected',
  ]);
  expect(terminalTurnStates).toEqual(['completed', 'failed', 'canceled', 'rejected']);
  expect(turnStates.filter(isTerminal)).toEqual(['completed', 'failed', 'canceled', 'rejected']);
});

test('step states', () => {
  const pinned = ['started', 'succeeded', 'failed', 'not-executed', 'interrupted', 'unknown', 'canceled'];
  expect(stepStates).toEqual(pinned);
});

test('effects and repeats', () => {
  expect(effectClasses).toEqual(['read', 'write', 'external', 'destructive', 'execute', 'spend']);
  expect(repeats).toEqual(['safe', 'idempotent', 'reconcilable', 'once']);
});

test('event types', () => {
  expect(eventTypes).toEqual([
    'session-created',
    'session-trusted',
    'session-ended',
    'turn-accepted',
    'turn-routed',
    'turn-waiting',
    'turn-thought',
    'policy-decided',
    'step-started',
    'step-settling',
    'step-ended',
    'question-asked',
    'question-answered',
    'turn-completed',
    'turn-failed',
    'turn-canceled',
    'turn-rejected',
    'delivery-sent',
    'delivery-unknown',
    'delivery-failed',
  ]);
});

test('limits', () => {
  expect({ artifactBytesMax, inlineBytesMax, inputCharactersMax, skillTimeoutMsMax }).toEqual({
    artifactBytesMax: 16_777_216,
    inlineBytesMax: 131_072,
    inputCharactersMax: 10_000,
    skillTimeoutMsMax: 600_000,
  });
});

test.each(['read-file', 'a', '9', 'a1-b2-c3', 'a'.repeat(63)])('a name: %s', (name) => {
  expect(nameSchema.parse(name)).toBe(name);
});

test.each(['', 'A', '-a', 'a-', 'a--b', 'a_b', 'a.b', 'a b', 'ä', 'a\n', '*', 'a'.repeat(64)])(
  'no name: %j',
  (name) => {
    expect(nameSchema.safeParse(name).success).toBe(false);
  },
);

test('versions and ids', () => {
  expect(versionSchema.parse('1.20.3')).toBe('1.20.3');
  for (const bad of ['1', '1.0', '1.0.0-rc.1', 'v1.0.0', '']) expect(versionSchema.safeParse(bad).success).toBe(false);
  expect(idSchema.safeParse('1').success).toBe(false);
});

test('an invocation id names one attempt of one step of one turn', () => {
  const id = invocationId('0198c0de-0000-7000-8000-000000000000', 2, 3);
  expect(id).toBe('0198c0de-0000-7000-8000-000000000000-2-3');
  expect(invocationIdSchema.parse(id)).toBe(id);
  for (const bad of ['', '0198c0de-0000-7000-8000-000000000000', `${id}-4`, `x${id}`, `${id}\n`]) {
    expect(invocationIdSchema.safeParse(bad).success).toBe(false);
  }
});
