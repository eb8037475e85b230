// What find-product promises: what the ERP sells and a text fits, with its list price.
import { defineContract } from '@switchboard/contract';
import { z } from 'zod';
import { countOf, printable, table } from '../../files/phrases.ts';
import { erpReasons } from '../reasons.ts';
import { productSchema, recordText } from '../record-fields.ts';

export const contract = defineContract({
  name: 'find-product',
  version: '1.0.0',
  title: 'Find a product',
  description: 'Finds products that the ERP sells, by name or product code, with list prices; at most 20.',
  tags: ['erp', 'product', 'article', 'item', 'price', 'catalogue', 'find'],
  input: z.strictObject({ product: recordText('name or code of the product') }),
  output: z.strictObject({
    products: z.array(productSchema).max(20).describe('those that match'),
    more: z.boolean().describe('whether there are more than these'),
  }),
  errors: erpReasons,
  effects: [{ class: 'read', on: 'records' }],
  repeat: 'safe',
  ingests: 'untrusted',
  timeoutMs: 60_000,
  utterances: [
    'find [the] (product|article) {product}',
    'look up [the] (product|article) {product}',
    'search [for] [the] (product|article) {product}',
    'show [me] [the] (product|article) {product}',
    'what is the price of [the] (product|article) {product}',
    'how much is the (product|article) {product}',
    'do we sell {product}',
    'is there a (product|article) (called|named) {product}',
    '[the] (product|article) {product}',
  ],
  examples: [
    {
      says: 'find the product Chair',
      input: { product: 'Chair' },
      output: { products: [{ id: '1', code: 'CH-1', name: 'Chair', price: '49.90', unit: 'u' }], more: false },
    },
    {
      says: 'do we sell tables',
      input: { product: 'table' },
      output: {
        products: [
          { id: '2', code: 'TB-1', name: 'Table', price: '120.00', unit: 'u' },
          { id: '3', code: 'TB-2', name: 'Round table', price: '150.125', unit: 'u' },
        ],
        more: false,
      },
    },
  ],
  say({ products, more }, { product }) {
    if (products.length === 0) return `No product that is sold matches “${printable(product)}”.`;
    const rows = products.map(({ code = '', name, price = '', unit }) =>
      [code, name, price, `per ${unit}`].map(printable),
    );
    const heading = more ? `The first ${products.length} products:` : `${countOf(products.length, 'product')}:`;
    return `${heading}\n${table(rows)}`;
  },
});
