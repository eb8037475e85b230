// What list-orders promises: the newest orders of the ERP, of all customers or of one.
import { defineContract } from '@switchboard/contract';
import { z } from 'zod';
import { countOf, printable, table } from '../../files/phrases.ts';
import { choiceReasons, erpReasons } from '../reasons.ts';
import { orderSummarySchema, recordText } from '../record-fields.ts';
import { stateOf, totalOf } from '../record-words.ts';

export const contract = defineContract({
  name: 'list-orders',
  version: '1.0.0',
  title: 'List orders',
  description:
    'Lists the newest sales orders of the ERP, at most 50: of all customers or of one, all of them or those that are still open.',
  tags: ['erp', 'order', 'sale', 'list', 'open'],
  input: z.strictObject({
    customer: recordText('name, number or mail address of the customer').optional(),
    which: z.enum(['open', 'all']).default('all').describe('all of them, or those that are still open'),
  }),
  output: z.strictObject({
    orders: z.array(orderSummarySchema).max(50).describe('the orders, newest first'),
    more: z.boolean().describe('whether there are older ones than these'),
  }),
  errors: { ...erpReasons, ...choiceReasons },
  effects: [{ class: 'read', on: 'records' }],
  repeat: 'safe',
  ingests: 'untrusted',
  timeoutMs: 60_000,
  utterances: [
    'list [the] [sales] orders',
    'show [me] [the] [newest] [latest] [sales] orders',
    'list {which} [sales] orders',
    'show [me] [the] {which} [sales] orders',
    'which [sales] orders are {which}',
    'list [the] orders of [the] [customer] {customer}',
    'show [me] [the] orders of [the] [customer] {customer}',
    'what has {customer} ordered',
    'orders of [the] [customer] {customer}',
    'what orders do we have',
    'which orders are there (for|of) {customer}',
  ],
  examples: [
    {
      says: 'show me the orders of Beispiel',
      input: { customer: 'Beispiel' },
      output: {
        orders: [
          {
            id: '1',
            number: 'PO-77',
            state: 'draft',
            customer: { id: '4', name: 'Beispiel & Söhne' },
            total: '120.00',
            currency: 'EUR',
            date: '2026-01-01',
          },
        ],
        more: false,
      },
    },
    { says: 'list the orders of C-1002', input: { customer: 'C-1002' }, output: { orders: [], more: false } },
  ],
  say({ orders, more }, { which = 'all' }) {
    const kind = which === 'open' ? 'open order' : 'order';
    if (orders.length === 0) return `There is no ${kind}.`;
    const rows = orders.map((order) =>
      [order.number, order.date ?? '', stateOf(order), order.customer.name, totalOf(order)].map(printable),
    );
    const heading = more ? `The newest ${orders.length} ${kind}s:` : `${countOf(orders.length, kind)}:`;
    return `${heading}\n${table(rows)}`;
  },
});
