// A record that one skill takes whole is looked up by another one that gives it: `confirm order 12`.
import { describe, expect, it } from 'vitest';
import { indexCatalogue } from '../src/index.ts';
import { ask, sketch, smallCatalogue, steps } from './small-catalogue.ts';

const order = {
  type: 'object',
  properties: { id: { type: 'string', description: 'id' }, total: { type: 'string' } },
  required: ['id', 'total'],
  additionalProperties: false,
};
const lookup = {
  title: 'Show an order',
  properties: { number: { type: 'string', description: 'number of the order' } },
  output: { order: { ...order, description: 'the order' } },
  utterances: ['show [the] order {number}', '[the] order {number}'],
};
const confirm = sketch('business', 'confirm-order', {
  title: 'Confirm an order',
  effect: 'external',
  properties: { order: { ...order, description: 'the order as it was shown' } },
  output: { order },
  utterances: ['confirm {order}', 'accept {order}'],
});
const show = sketch('business', 'show-order', { ...lookup, effect: 'read' });
const index = indexCatalogue([...smallCatalogue, confirm, show]);
const plan = (number: string) => [
  ['show-order', { number }],
  ['confirm-order', { order: { $from: { step: 1, field: 'order' } } }],
];

describe('a record', () => {
  it.each([
    ['confirm order 12', '12'],
    ['confirm the order PO-77', 'PO-77'],
    ['please accept order SB-58FF3-C1C1D-46F43', 'SB-58FF3-C1C1D-46F43'],
  ])('%s', (text, number) => {
    expect(steps(text, {}, index)).toEqual(plan(number));
  });

  it('is never made of plain words', () => {
    for (const text of ['confirm it please', 'confirm "order 12"', 'confirm 12', 'accept all of this']) {
      expect([text, ask(text, {}, index).outcome]).not.toEqual([text, 'route']);
    }
  });

  it('is not taken from a skill that changes something, nor from one that gives another shape', () => {
    const other = { ...order, properties: { ...order.properties, id: { type: 'integer' } } };
    for (const giver of [
      sketch('business', 'make-order', { ...lookup, effect: 'write' }),
      sketch('business', 'other-order', { ...lookup, effect: 'read', output: { order: other } }),
      sketch('business', 'maybe-order', { ...lookup, effect: 'read', output: {} }),
    ]) {
      expect(ask('confirm order 12', {}, indexCatalogue([...smallCatalogue, confirm, giver])).outcome).not.toBe(
        'route',
      );
    }
  });
});
