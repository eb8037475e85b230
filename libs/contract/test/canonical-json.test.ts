// One byte sequence for one JSON value: equal values are equal bytes, and what is no JSON is refused.
import { expect, test } from 'vitest';
import { canonicalJson, hashJson, isBoundedJson, sha256 } from '../src/index.ts';

test.each<[unknown, string]>([
  [{ b: 1, a: [true, null, 'x'] }, '{"a":[true,null,"x"],"b":1}'],
  [{ a: undefined, b: { d: undefined, c: 1 } }, '{"b":{"c":1}}'],
  [[undefined, 1], '[null,1]'],
  [{ é: 1, e: 2, '': 3, 'a"b': 4 }, '{"":3,"a\\"b":4,"e":2,"é":1}'],
  [{ a: { z: [{ y: 1, x: 2 }] } }, '{"a":{"z":[{"x":2,"y":1}]}}'],
  ['\u2028"\n', '"\u2028\\"\\n"'],
  [-0, '0'],
  [1e21, '1e+21'],
  [null, 'null'],
  [undefined, 'null'],
  [{}, '{}'],
])('%j', (value, text) => {
  expect(canonicalJson(value)).toBe(text);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('%s is no JSON', (number) => {
  expect(() => canonicalJson(number)).toThrow(TypeError);
  expect(() => hashJson({ a: [{ b: number }] })).toThrow(TypeError);
});

test('the order of keys changes nothing, however deep; the order of a list does', () => {
  expect(hashJson({ a: { b: 1, c: [{ d: 1, e: 2 }] } })).toBe(hashJson({ a: { c: [{ e: 2, d: 1 }], b: 1 } }));
  expect(hashJson([1, 2])).not.toBe(hashJson([2, 1]));
});

test('what is different has another hash', () => {
  const values = [
    {},
    [],
    null,
    '',
    0,
    false,
    { a: null },
    { a: '' },
    { a: 0 },
    { a: [] },
    { a: {} },
    '0',
    [null],
    [[]],
  ];
  expect(new Set(values.map(hashJson)).size).toBe(values.length);
});

test('a hash stays what it was', () => {
  // From outside: printf '{"a":1}' | sha256sum
  expect(hashJson({ a: 1 })).toBe('015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862');
  expect(sha256('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  expect(sha256(new Uint8Array())).toBe(sha256(''));
});

test.each([
  ['lists', '[', ']'],
  ['objects', '{"a":', '}'],
])('%s may lie 64 levels deep in each other, and are told from deeper ones whatever their depth', (_, open, close) => {
  const nested = (levels: number): unknown => JSON.parse(`${open.repeat(levels)}1${close.repeat(levels)}`);
  const bounded = [0, 1, 63, 64, 65, 100_000].map((levels) => isBoundedJson(nested(levels)));
  expect(bounded).toEqual([true, true, true, true, false, false]);
  expect(isBoundedJson([1, null, 'x', nested(64)])).toBe(false);
});

test('a number that is read as no number is out of bounds, wherever it is', () => {
  expect(isBoundedJson(JSON.parse('{"a":[1,{"b":1e308}]}'))).toBe(true);
  expect(isBoundedJson(JSON.parse('{"a":[1,{"b":-1e999}]}'))).toBe(false);
});
