// What the record says of a value: enough to recognise it, nothing that is to stay out, and never more than the stream takes.
import { streams } from '@switchboard/contract';
import { expect, test } from 'vitest';
import { redacted } from '../src/coordinator/told.ts';

test('a named field is taken out, and a long one is cut with its length said', () => {
  expect(redacted({ password: 'x', text: 'y'.repeat(3_000), count: 1 }, ['password'])).toEqual({
    password: '[redacted]',
    text: `${'y'.repeat(2_000)}… (3000 characters)`,
    count: 1,
  });
});

test.each([
  ['many fields', Object.fromEntries(Array.from({ length: 400 }, (_, index) => [`f${index}`, '€'.repeat(2_000)]))],
  ['a field with a long name', { ['€'.repeat(300_000)]: 1 }],
])('%s do not make an event that the stream refuses', (_, value) => {
  const bytes = Buffer.byteLength(JSON.stringify(redacted({ ...value, password: 'swordfish' }, ['password'])));
  expect(bytes).toBeLessThan(streams.SB_EVENTS.messageBytesMax / 2);
  expect(JSON.stringify(redacted({ password: 'swordfish', ...value }, ['password']))).not.toContain('swordfish');
});
