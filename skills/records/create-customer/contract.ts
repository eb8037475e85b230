// What create-customer promises: one new customer in the ERP, once, whatever dies on the way.
import { defineContract } from '@switchboard/contract';
import { z } from 'zod';
import { printable, printableText } from '../../files/phrases.ts';
import { erpReasons } from '../reasons.ts';
import { customerSchema } from '../record-fields.ts';
import { customerWords } from '../record-words.ts';

const part = (what: string): z.ZodOptional<z.ZodString> => z.string().trim().min(1).max(200).optional().describe(what);

export const contract = defineContract({
  name: 'create-customer',
  version: '1.0.0',
  title: 'Create a customer',
  description:
    'Creates a customer in the ERP, with mail address, phone number and address where they are given. Refuses when there is one of that name or mail address already, unless `another` says that this is another one.',
  tags: ['erp', 'customer', 'client', 'crm', 'party', 'new', 'create', 'add'],
  input: z.strictObject({
    name: z.string().trim().min(1).max(200).describe('name of the new customer'),
    email: z.email().max(254).optional().describe('mail address'),
    phone: part('phone number'),
    street: part('street and number'),
    postalCode: z.string().trim().min(1).max(20).optional().describe('postal code'),
    city: part('city'),
    another: z.boolean().default(false).describe('create it although there is one like it'),
  }),
  output: z.strictObject({ customer: customerSchema.describe('the new customer') }),
  errors: { ...erpReasons, exists: 'There is a customer of that name or mail address already; nothing was created.' },
  effects: [
    { class: 'read', on: 'records' },
    { class: 'write', on: 'records' },
  ],
  repeat: 'reconcilable',
  ingests: 'untrusted',
  timeoutMs: 120_000,
  utterances: [
    'create [a] [new] (customer|client) {name}',
    'create [a] [new] (customer|client) {name} with [the] [mail] [address] {email}',
    'create [a] [new] (customer|client) (called|named) {name}',
    'add [a] [new] (customer|client) {name}',
    'add [a] [new] (customer|client) {name} with [the] (mail|email) [address] {email}',
    'add {name} (to|as) [our] [the] [a] [new] (customers|customer|clients|client)',
    'register [a] [new] (customer|client) {name}',
    'new (customer|client) {name}',
    'make [a] [new] (customer|client) {name}',
    'create [a] [new] (customer|client) {name} with [the] phone [number] {phone}',
  ],
  examples: [
    {
      says: 'create a customer Carla Nova with the mail address carla@example.org',
      input: { name: 'Carla Nova', email: 'carla@example.org' },
      output: {
        customer: { id: '5', number: 'SB-58FF3-C1C1D-46F43', name: 'Carla Nova', email: 'carla@example.org' },
      },
    },
  ],
  say: ({ customer }) => `Created the customer ${customerWords(customer)}.`,
  ask({ name, email, phone, street, postalCode, city, another }) {
    const known = { 'Mail address': email, Phone: phone, Street: street, 'Postal code': postalCode, City: city };
    const lines = Object.entries(known).flatMap(([label, value]) =>
      value === undefined ? [] : [`${label}: ${printableText(value)}`],
    );
    const even = another ? ', even if there is one like it' : '';
    return [`Create the customer ${printable(name)} in the ERP${even}.`, ...lines].join('\n');
  },
});
