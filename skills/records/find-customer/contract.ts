// What find-customer promises: the customers of the ERP that a text fits, those that it names exactly first.
import { defineContract } from '@switchboard/contract';
import { z } from 'zod';
import { countOf, printable, table } from '../../files/phrases.ts';
import { erpReasons } from '../reasons.ts';
import { customerSchema, recordText } from '../record-fields.ts';

export const contract = defineContract({
  name: 'find-customer',
  version: '1.0.0',
  title: 'Find a customer',
  description: 'Finds customers in the ERP by name, customer number or mail address, at most 20.',
  tags: ['erp', 'customer', 'client', 'crm', 'party', 'contact', 'find'],
  input: z.strictObject({ customer: recordText('name, number or mail address of the customer') }),
  output: z.strictObject({
    customers: z.array(customerSchema).max(20).describe('those that match'),
    more: z.boolean().describe('whether there are more than these'),
  }),
  errors: erpReasons,
  effects: [{ class: 'read', on: 'records' }],
  repeat: 'safe',
  ingests: 'untrusted',
  timeoutMs: 60_000,
  utterances: [
    'find [the] (customer|client) {customer}',
    'look up [the] (customer|client) {customer}',
    'search [for] [the] (customer|client) {customer}',
    'show [me] [the] (customer|client) {customer}',
    'which (customer|client) is (called|named) {customer}',
    'is there a (customer|client) (called|named) {customer}',
    'do we have a (customer|client) (called|named) {customer}',
    'what is the customer number of {customer}',
    '[the] (customer|client) {customer}',
  ],
  examples: [
    {
      says: 'find the customer Anna Meier',
      input: { customer: 'Anna Meier' },
      output: {
        customers: [{ id: '2', number: 'C-1001', name: 'Anna Meier', email: 'anna@example.org' }],
        more: false,
      },
    },
    {
      says: 'is there a customer called Nobody',
      input: { customer: 'Nobody' },
      output: { customers: [], more: false },
    },
  ],
  say({ customers, more }, { customer }) {
    if (customers.length === 0) return `No customer matches “${printable(customer)}”.`;
    const rows = customers.map(({ number, name, email = '', phone = '' }) =>
      [number, name, email, phone].map(printable),
    );
    const heading = more ? `The first ${customers.length} customers:` : `${countOf(customers.length, 'customer')}:`;
    return `${heading}\n${table(rows)}`;
  },
});
