// Scopes, pinned: what they are called, what opens what, and that nobody gives away more than they hold.
import { expect, test } from 'vitest';
import {
  allowedSkills,
  keyIdOf,
  mayGive,
  normalAddress,
  opens,
  type Scope,
  scopeSchema,
  scopes,
} from '../src/index.ts';

const skill = 'skill:read-file';

test('a scope is one of the table, or one skill', () => {
  expect(scopes).toEqual(['sessions', 'approve', 'operate', 'keys', 'identities', 'audit:read', 'admin']);
  for (const scope of [...scopes, skill]) expect([scope, scopeSchema.safeParse(scope).success]).toEqual([scope, true]);
});

test.each([
  '',
  'skill',
  'skill:',
  'skill:*',
  'skill:Read',
  'skill:a b',
  'skill:a:b',
  'Admin',
  'admin ',
  'read',
  'act',
  '*',
  'toString',
])('no scope: %j', (scope) => {
  expect(scopeSchema.safeParse(scope).success).toBe(false);
});

test('a route is opened by what it names, and admin is no master key', () => {
  expect(opens(['sessions'], ['sessions', 'skill'])).toBe(true);
  expect(opens([skill], ['sessions', 'skill'])).toBe(true);
  expect(opens([skill], ['sessions'])).toBe(false);
  expect(opens(['admin'], ['sessions', 'skill'])).toBe(false);
  expect(opens([], ['sessions'])).toBe(false);
});

test.each<[readonly Scope[], readonly Scope[], boolean]>([
  [['sessions', 'keys'], ['sessions'], true],
  [['sessions', 'keys'], [skill], true],
  [['sessions', 'keys'], ['sessions', 'approve'], false],
  [['sessions', 'keys'], ['admin'], false],
  [[skill, 'keys'], [skill], true],
  [[skill, 'keys'], ['skill:write-file'], false],
  [[skill, 'keys'], ['sessions'], false],
  [['keys'], [skill], false],
  [['admin'], ['admin', 'sessions', skill], true],
  [[], [], true],
])('who holds %j may give %j: %s', (held, wanted, may) => {
  expect(mayGive(held, wanted)).toBe(may);
});

test('the skills that may run', () => {
  expect(allowedSkills(['sessions', skill])).toBeNull();
  expect(allowedSkills([skill, 'skill:list-files', 'keys'])).toEqual(['read-file', 'list-files']);
  expect(allowedSkills(['admin'])).toEqual([]);
});

test('the id in a key', () => {
  const secret = 'A-_0'.repeat(11);
  expect(keyIdOf(`sb_0a1b2c3d_${secret}`)).toBe('0a1b2c3d');
  for (const key of [
    '',
    'sb_',
    `sb__${secret}`,
    `sb_A_${secret}`,
    'sb_a_short',
    `sb_a_${secret}\n`,
    `sb_a_${secret}'--`,
  ]) {
    expect([key, keyIdOf(key)]).toEqual([key, undefined]);
  }
});

test('an address with an @ has one form', () => {
  expect(normalAddress('Ann@Example.ORG')).toBe('ann@example.org');
  expect(normalAddress('e\u0301@x')).toBe('\u00e9@x');
  expect(normalAddress('U0AB')).toBe('U0AB');
});
