// Wrong keys: how many are taken, from where, for which key; and that nobody is shut out of what they hold.
import { createHash, timingSafeEqual } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createLockout } from '../src/identity/lockout.ts';
import { createRequestLimit } from '../src/identity/request-limit.ts';
import { isLoopbackHost } from '../src/identity/require-private.ts';
import { TooManyError } from '../src/identity/too-many.ts';
import { verifyKey } from '../src/identity/verify-key.ts';

const far = '203.0.113.7';
const other = '198.51.100.1';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

async function fail(lockout: ReturnType<typeof createLockout>, from: string, times: number, keyId?: string) {
  for (let index = 1; index < times; index++) expect(await lockout.failed(from, keyId)).toBeUndefined();
  return lockout.failed(from, keyId);
}

describe('an address', () => {
  test('is shut out with its eleventh wrong key within a minute, and let in again after one', async () => {
    const lockout = createLockout(10);
    expect(await fail(lockout, far, 11)).toEqual({ source: far, seconds: 60 });
    await expect(lockout.admit(far, 'k')).rejects.toMatchObject({ code: 'locked-out', retryAfterSeconds: 60 });
    await lockout.admit(other, 'k');
    vi.advanceTimersByTime(60_001);
    await lockout.admit(far, 'k');
  });

  test('is not shut out by wrong keys that lie a minute apart', async () => {
    const lockout = createLockout(10);
    await fail(lockout, far, 10);
    vi.advanceTimersByTime(60_001);
    await fail(lockout, far, 10);
    await lockout.admit(far, undefined);
  });

  test('of this machine is let in again after five seconds', async () => {
    const lockout = createLockout(10);
    expect(await fail(lockout, '127.0.0.1', 11)).toMatchObject({ seconds: 5 });
    await expect(lockout.admit('127.0.0.1', undefined)).rejects.toThrow(TooManyError);
    vi.advanceTimersByTime(5_001);
    await lockout.admit('127.0.0.1', undefined);
  });

  test('is a whole /64 where addresses are plenty', async () => {
    const lockout = createLockout(10);
    for (let index = 1; index <= 11; index++) await lockout.failed(`2001:db8:1:2::${index}`, undefined);
    await expect(lockout.admit('2001:db8:1:2:ffff::9', undefined)).rejects.toThrow(TooManyError);
    await lockout.admit('2001:db8:1:3::1', undefined);
  });
});

describe('a key', () => {
  test('is shut with its twenty-first wrong secret, wherever they come from', async () => {
    const lockout = createLockout(10);
    for (let index = 0; index < 20; index++) await lockout.failed(`192.0.2.${index}`, 'k');
    expect(await lockout.failed(other, 'k')).toMatchObject({ keyId: 'k' });
    await expect(lockout.admit('192.0.2.200', 'k')).rejects.toThrow(TooManyError);
    await lockout.admit('192.0.2.200', 'another');
  });

  test('still opens where it has worked: nobody locks out its holder', async () => {
    const lockout = createLockout(10);
    await lockout.worked(far, 'k');
    for (let index = 0; index < 21; index++) await lockout.failed(`192.0.2.${index}`, 'k');
    await fail(lockout, far, 11);
    await lockout.admit(far, 'k');
    await expect(lockout.admit(far, 'another')).rejects.toThrow(TooManyError);
  });
});

test('a lock is told once, however many wrong keys come from where the right one has worked', async () => {
  const lockout = createLockout(10);
  await lockout.worked(far, 'k');
  const told = [];
  for (let index = 0; index < 500; index++) {
    await lockout.admit(far, 'k');
    told.push(await lockout.failed(far, 'k'));
  }
  expect(told.filter((locked) => locked !== undefined)).toHaveLength(2);
  vi.advanceTimersByTime(60_001);
  expect(await fail(lockout, far, 11)).toMatchObject({ source: far });
});

test('a principal makes so many calls a minute, and another one is not held up', async () => {
  const limit = createRequestLimit(3);
  for (let index = 0; index < 3; index++) await limit('ann');
  await expect(limit('ann')).rejects.toMatchObject({ code: 'rate-limited', retryAfterSeconds: 60 });
  await limit('bob');
  vi.advanceTimersByTime(60_001);
  await limit('ann');
});

describe('comparing a key', () => {
  const key = `sb_k_${'a'.repeat(43)}`;
  const hash = createHash('sha256').update(key).digest('hex');
  const wrong = '0'.repeat(64);

  test.each([
    ['the right one', [hash], true],
    ['a wrong one', [wrong], false],
    ['the one of before', [wrong, hash], true],
    ['none', [], false],
    ['what is no hash', ['hash'], false],
    ['a hash that is longer', [`${hash}00`], false],
  ])('%s', (_, hashes, opens) => {
    expect(verifyKey(key, hashes)).toBe(opens);
  });

  // Timings are noise; the path is not: whole hashes, each of them, by the comparison that takes the same time always.
  test.each([
    ['it fits at once', [hash, wrong], 2],
    ['it fits at last', [wrong, hash], 2],
    ['none fits', [wrong], 1],
    ['there is no such key', [], 1],
  ])('goes the same way when %s', (_, hashes, times) => {
    const equal = vi.fn(timingSafeEqual);
    verifyKey(key, hashes, equal);
    expect(equal).toHaveBeenCalledTimes(times);
    for (const [given, kept] of equal.mock.calls) expect([given.byteLength, kept.byteLength]).toEqual([32, 32]);
  });
});

test.each([
  ['127.0.0.1', true],
  ['127.9.9.9', true],
  ['localhost', true],
  ['::1', true],
  ['0.0.0.0', false],
  ['::', false],
  ['192.168.1.5', false],
  ['127.evil.example', false],
  ['localhost.evil.example', false],
])('%s is of this machine only: %s', (host, loopback) => {
  expect(isLoopbackHost(host)).toBe(loopback);
});
