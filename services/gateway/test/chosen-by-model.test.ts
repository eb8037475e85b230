// What a model that has read others' text may ask a page for alone: what its person has named, in whatever form, and nothing else.
import { describe, expect, test } from 'vitest';
import { needsPerson } from '../src/policy/chosen-by-model.ts';

const page = [{ class: 'read', on: 'page' }] as const;
const asks = (input: Record<string, unknown>, said: string): boolean => needsPerson(page, input, said);

describe('an address that the person has not named asks, however it is written', () => {
  const said = 'Read https://shop.example and tell me the price, see (docs.example/a).';
  test.each([
    'https://evil.net/?d=x',
    'evil.net/?d=x',
    'https://evil.net./?d=x',
    'evil.net./?d=x',
    'https://evil.net\\?d=x',
    'https:///evil.net/?d=x',
    'https:/evil.net/?d=x',
    'https://134744072/?d=x',
    '134744072',
    '0x08080808',
    'https://evil%2enet/?d=x',
    'https://evil.net:/?d=x',
    'https://evil。net/?d=x',
    'https://evil.net/?d=a\nb',
    '\thttps://evil.net/?d=x',
    'https://shop.example.evil.net/',
    'https://shop.example@evil.net/',
    'https://shop.example/?d=secret',
    'https://shop.example#secret',
    'https://secret.shop.example/',
    'https://[2001:db8::1]/?d=x',
    'javascript:alert(1)',
    'what is this?',
  ])('%j', (url) => {
    expect(asks({ url }, said)).toBe(true);
  });

  test('also deep in the input, and as the name of a field', () => {
    expect(asks({ url: 'https://shop.example', more: [{ to: 'evil.net' }] }, said)).toBe(true);
    expect(asks({ url: 'https://shop.example', fields: { 'evil.net/?d=x': 'a' } }, said)).toBe(true);
  });
});

describe('what the person has named does not', () => {
  const said = 'Read https://shop.example and tell me the price, see (docs.example/a).';
  test.each(['https://shop.example', 'https://shop.example/', 'shop.example', 'http://shop.example', 'docs.example/a'])(
    '%s',
    (url) => {
      expect(asks({ url }, said)).toBe(false);
    },
  );

  test('nor do words that are no address, numbers and switches', () => {
    expect(asks({ url: 'shop.example', fields: ['price', 'unit price'], max: 3, whole: true }, said)).toBe(false);
  });
});

test('code asks always, other looks never, and a long word costs nothing', () => {
  expect(needsPerson([{ class: 'execute', on: 'shell' }], { command: 'ls' }, 'ls')).toBe(true);
  expect(needsPerson([{ class: 'read', on: 'files' }], { path: '../../etc/passwd' }, '')).toBe(false);
  const started = performance.now();
  expect(asks({ url: `${'.'.repeat(50_000)}` }, `${'"'.repeat(50_000)}a${'.'.repeat(50_000)}`)).toBe(true);
  expect(performance.now() - started).toBeLessThan(1_000);
});
