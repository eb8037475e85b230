// Numbers, names and lists read as a person expects, and cannot be made to deceive.
import { expect, test } from 'vitest';
import {
  countOf,
  listed,
  placeName,
  placeNameFirst,
  printable,
  printableText,
  sizeOf,
  table,
  withinLimits,
} from './phrases.ts';

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [1234, '1.2 kB'],
  [9949, '9.9 kB'],
  [9950, '10 kB'],
  [999_499, '999 kB'],
  [999_500, '1.0 MB'],
  [15_000_000, '15 MB'],
  [5e15, '5000 TB'],
])('%d bytes are %s', (bytes, text) => {
  expect(sizeOf(bytes)).toBe(text);
});

test('counts and lists in singular and plural', () => {
  expect([0, 1, 2].map((count) => countOf(count, 'file'))).toEqual(['0 files', '1 file', '2 files']);
  expect(countOf(2, 'entry', 'entries')).toBe('2 entries');
  expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(listed)).toEqual(['', 'a', 'a and b', 'a, b and c']);
});

test('the workspace has a name, and a folder keeps its own', () => {
  expect([placeName('.'), placeNameFirst('.'), placeName('notes'), placeNameFirst('notes')]).toEqual([
    'the workspace',
    'The workspace',
    'notes',
    'notes',
  ]);
});

test('what a terminal would obey, or a reader would not see, is made visible', () => {
  expect(printable('a\n\u001b[2J\u202eb\u200b')).toBe('a\\u{a}\\u{1b}[2J\\u{202e}b\\u{200b}');
  expect(printable('Größe می\u200cخواهم 👩\u200d🚀.txt')).toBe('Größe می\u200cخواهم 👩\u200d🚀.txt');
  expect(printableText('a\r\n\tb\r\u001b[1A')).toBe('a\n\tb\\u{d}\\u{1b}[1A');
});

test('a table is aligned, and says what it leaves out', () => {
  expect(
    table([
      ['a', '1 B'],
      ['long', '2 B'],
    ]),
  ).toBe('  a     1 B\n  long  2 B');
  const rows = Array.from({ length: 250 }, (_, n) => [`${n}`]);
  expect(table(rows).split('\n').slice(-2)).toEqual(['  199', '  … and 50 more']);
  expect(table([])).toBe('');
});

test('long lines count for more than one', () => {
  const lines = Array.from({ length: 20 }, () => 'x'.repeat(1000));
  expect(withinLimits(lines).split('\n').at(-1)).toBe('  … and 9 more');
  expect(withinLimits(lines).length).toBeLessThan(12_100);
});
