// What confirm-order promises: an order counts, exactly as it was shown to whoever approved it.
import { defineContract } from '@switchboard/contract';
import { z } from 'zod';
import { countOf, printable } from '../../files/phrases.ts';
import { changedReason, erpReasons, tooLargeReason } from '../reasons.ts';
import { orderSchema } from '../record-fields.ts';
import { linesOf, totalOf } from '../record-words.ts';

export const contract = defineContract({
  name: 'confirm-order',
  version: '1.0.0',
  title: 'Confirm an order',
  description:
    'Confirms a sales order in the ERP, which then invoices and delivers it. Takes the whole order as show-order gives it, and refuses when customer, lines or total are not so any more.',
  tags: ['erp', 'order', 'sale', 'confirm', 'accept', 'process'],
  // All of it, so that what is approved is what is confirmed.
  input: z.strictObject({ order: orderSchema.describe('the order as it was shown') }),
  output: z.strictObject({ order: orderSchema.describe('the order as it is now') }),
  errors: { ...erpReasons, ...changedReason, ...tooLargeReason },
  effects: [
    { class: 'read', on: 'records' },
    { class: 'external', on: 'records' },
  ],
  repeat: 'reconcilable',
  ingests: 'untrusted',
  timeoutMs: 180_000,
  utterances: [
    'confirm {order}',
    'please confirm {order}',
    'confirm [and] [process] {order}',
    'accept {order}',
    'process {order}',
    'approve {order}',
    'finalize {order}',
    'release {order}',
    'make {order} binding',
  ],
  examples: [
    {
      says: 'confirm the order PO-77',
      input: {
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
      output: {
        order: {
          id: '1',
          number: '1',
          state: 'confirmed',
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
    `Confirmed order ${printable(order.number)} for ${printable(order.customer.name)}: ${countOf(order.lines.length, 'line')}, total ${totalOf(order)}.`,
  ask: ({ order }) =>
    `Confirm order ${printable(order.number)} in the ERP, which then invoices and delivers it.\n\nCustomer: ${printable(order.customer.name)}\n${linesOf(order)}\n\nTotal: ${totalOf(order)}`,
});
