// What draft-order promises: one draft in the ERP, once, at the ERP's own prices; nothing leaves the house.
import { defineContract } from '@switchboard/contract';
import { z } from 'zod';
import { printable, printableText } from '../../files/phrases.ts';
import { choiceReasons, erpReasons, tooLargeReason } from '../reasons.ts';
import { orderSchema, recordText } from '../record-fields.ts';
import { linesOf, totalOf } from '../record-words.ts';

export const contract = defineContract({
  name: 'draft-order',
  version: '1.0.0',
  title: 'Draft an order',
  description:
    'Drafts a sales order in the ERP for a customer: a list such as “2 chairs, 1 table”, at the prices and taxes of the ERP. A draft binds nobody; confirm-order makes it count.',
  tags: ['erp', 'order', 'sale', 'draft', 'quote', 'new'],
  input: z.strictObject({
    customer: recordText('name, number or mail address of the customer'),
    items: z.string().trim().min(1).max(5000).describe('what is ordered, each with its number: 2 chairs, 1 table'),
    note: z.string().trim().min(1).max(200).optional().describe('a remark on the order'),
  }),
  output: z.strictObject({ order: orderSchema.describe('the draft') }),
  errors: {
    ...erpReasons,
    ...choiceReasons,
    ...tooLargeReason,
    'bad-items': 'The items cannot be read as numbers of products.',
  },
  effects: [
    { class: 'read', on: 'records' },
    { class: 'write', on: 'records' },
  ],
  repeat: 'reconcilable',
  ingests: 'untrusted',
  timeoutMs: 180_000,
  utterances: [
    'draft [an] order of {items} for {customer}',
    'draft [an] order for {customer}: {items}',
    'draft [an] order for {customer} of {items}',
    'create [a] [an] [draft] [sales] order of {items} for {customer}',
    'create [a] [an] [draft] [sales] order for {customer}: {items}',
    'make [an] order of {items} for {customer}',
    'enter [an] order of {items} for {customer}',
    'order {items} for [the] [customer] {customer}',
    'write up [an] order of {items} for {customer}',
    'prepare [an] order of {items} for {customer}',
  ],
  examples: [
    {
      says: 'draft an order of 2 chairs and 1 TB-1 for Anna Meier',
      input: { customer: 'Anna Meier', items: '2 chairs and 1 TB-1' },
      output: {
        order: {
          id: '2',
          number: 'SB-58FF3-C1C1D-46F43',
          state: 'draft',
          customer: { id: '2', name: 'Anna Meier' },
          total: '219.80',
          currency: 'EUR',
          lines: [
            { product: '1', name: 'Chair', quantity: 2, unit: 'u', unitPrice: '49.90', amount: '99.80' },
            { product: '2', name: 'Table', quantity: 1, unit: 'u', unitPrice: '120.00', amount: '120.00' },
          ],
        },
      },
    },
  ],
  say: ({ order }) =>
    `Drafted order ${printable(order.number)} for ${printable(order.customer.name)}:\n${linesOf(order)}\n\nTotal ${totalOf(order)}. Nothing is sold yet: say “confirm order ${printable(order.number)}” for that.`,
  ask({ customer, items, note }) {
    const remark = note === undefined ? '' : `\n\nRemark: ${printableText(note)}`;
    return `Draft an order in the ERP for the customer ${printable(customer)}:\n\n${printableText(items)}${remark}`;
  },
});
