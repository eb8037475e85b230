// Items are read as people write them, and what is no number of a product is refused.
import { expect, test } from 'vitest';
import { readItems } from './items.ts';

test.each([
  ['2 chairs', [[2, 'chairs']]],
  [
    '2 chairs, 1 table',
    [
      [2, 'chairs'],
      [1, 'table'],
    ],
  ],
  [
    '2 chairs and 1 table',
    [
      [2, 'chairs'],
      [1, 'table'],
    ],
  ],
  [
    '2 chairs, and 1 table',
    [
      [2, 'chairs'],
      [1, 'table'],
    ],
  ],
  [
    '2x Chair; 3 × TB-1\n4 * lamp',
    [
      [2, 'Chair'],
      [3, 'TB-1'],
      [4, 'lamp'],
    ],
  ],
  [
    '1,5 boards, 2.25 ropes',
    [
      [1.5, 'boards'],
      [2.25, 'ropes'],
    ],
  ],
  ['4 xylophones', [[4, 'xylophones']]],
  ['10 pieces of salt and pepper', [[10, 'salt and pepper']]],
  [
    '3 pcs CH-1 plus 2 units of glue',
    [
      [3, 'CH-1'],
      [2, 'glue'],
    ],
  ],
])('%j', (text, items) => {
  expect(readItems(text).map(({ quantity, product }) => [quantity, product])).toEqual(items);
});

test.each([
  '',
  ' , ',
  'chairs',
  'two chairs',
  '0 chairs',
  '-1 chairs',
  '2',
  '2 ',
  '99999999 chairs',
  '1e3 chairs',
  '1 a,'.repeat(51),
])('refuses %j', (text) => {
  expect(() => readItems(text)).toThrow(expect.objectContaining({ reason: 'bad-items' }));
});
