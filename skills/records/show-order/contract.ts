// What show-order promises: one order of the ERP with all its lines, as confirm-order takes it.
import { defineContract } from '@switchboard/contract';
import { z } from 'zod';
import { printable, withinLimits } from '../../files/phrases.ts';
import { choiceReasons, erpReasons, tooLargeReason } from '../reasons.ts';
import { orderSchema, recordText } from '../record-fields.ts';
import { linesOf, stateOf, totalOf } from '../record-words.ts';

export const contract = defineContract({
  name: 'show-order',
  version: '1.0.0',
  title: 'Show an order',
  description: 'Shows one sales order of the ERP, named by its number or reference: customer, lines, total and state.',
  tags: ['erp', 'order', 'sale', 'show', 'details'],
  input: z.strictObject({ number: recordText('number or reference of the order') }),
  output: z.strictObject({ order: orderSchema.describe('the order') }),
  errors: { ...erpReasons, ...choiceReasons, ...tooLargeReason },
  effects: [{ class: 'read', on: 'records' }],
  repeat: 'safe',
  ingests: 'untrusted',
  timeoutMs: 60_000,
  utterances: [
    'show [me] [the] order {number}',
    'open [the] order {number}',
    'look up [the] order {number}',
    'find [the] order {number}',
    'what is in [the] order {number}',
    'what is the (state|status) of [the] order {number}',
    'how much is [the] order {number}',
    'details of [the] order {number}',
    '[the] order {number}',
  ],
  examples: [
    {
      says: 'show the order PO-77',
      input: { number: 'PO-77' },
      output: {
        order: {
          id: '1',
          number: 'PO-77',
          state: 'draft',
          customer: { id: '4', name: 'Beispiel & Söhne' },
          total: '120.00',
          currency: 'EUR',
          date: '2026-01-01',
          lines: [{ product: '2', name: 'Table', quantity: 1, unit: 'u', unitPrice: '120.00', amount: '120.00' }],
        },
      },
    },
  ],
  say: ({ order }) =>
    `Order ${printable(order.number)} for ${printable(order.customer.name)}, ${stateOf(order)}:\n${withinLimits(linesOf(order).split('\n'))}\n\nTotal ${totalOf(order)}.`,
});
