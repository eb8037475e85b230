// The fields of customers, products and orders, in one wording for all records skills.
import { z } from 'zod';

const idField = z.string().min(1).max(40).describe('the id that the ERP gives it');
const decimalField = z
  .string()
  .max(40)
  .regex(/^-?\d+(\.\d+)?$/);

export const customerSchema = z.strictObject({
  id: idField,
  number: z.string().max(100).describe('the customer number'),
  name: z.string().max(500).describe('the name'),
  email: z.string().max(500).optional().describe('the mail address'),
  phone: z.string().max(500).optional().describe('the phone number'),
});

export const productSchema = z.strictObject({
  id: idField,
  code: z.string().max(100).optional().describe('the product code'),
  name: z.string().max(500).describe('the name'),
  price: decimalField.optional().describe('the list price of one unit'),
  unit: z.string().max(40).describe('the unit it is sold in'),
});

export const orderSummarySchema = z.strictObject({
  id: idField,
  number: z.string().max(100).describe('the order number, or its reference while it has none'),
  state: z.enum(['draft', 'quoted', 'confirmed', 'done', 'canceled']).describe('how far it has come'),
  customer: z.strictObject({ id: idField, name: z.string().max(500) }).describe('whose order it is'),
  total: decimalField.describe('the total with taxes'),
  currency: z.string().max(10).describe('ISO 4217 code of the currency'),
  date: z.iso.date().optional().describe('the day of the order'),
});

export const orderSchema = z.strictObject({
  ...orderSummarySchema.shape,
  lines: z
    .array(
      z.strictObject({
        product: idField.optional(),
        name: z.string().max(2000),
        quantity: z.number(),
        unit: z.string().max(40),
        unitPrice: decimalField,
        amount: decimalField,
      }),
    )
    .max(200)
    .describe('what is ordered'),
});

/** What a person calls a record by: a number, a name, a mail address. */
export function recordText(what: string): z.ZodString {
  return z.string().trim().min(1).max(200).describe(what);
}
