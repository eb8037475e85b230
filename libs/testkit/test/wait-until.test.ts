// Waiting without an event: the value, the deadline, the reason.
import { expect, test } from 'vitest';
import { waitUntil } from '../src/index.ts';

test('gives the first truthy value', async () => {
  let calls = 0;
  expect(await waitUntil('three calls', () => ++calls === 3 && 'done')).toBe('done');
  expect(calls).toBe(3);
});

test('names what it waited for in vain, and passes on what the probe throws', async () => {
  await expect(waitUntil('the moon', () => false, 30)).rejects.toThrow(/the moon/);
  const probe = (): boolean => {
    throw new Error('broken probe');
  };
  await expect(waitUntil('the moon', probe, 30)).rejects.toThrow('broken probe');
});
