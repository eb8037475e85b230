// Customers and orders made in Tryton, each under a reference that tells afterwards whether it was made.
import { type Customer, type NewCustomer, type NewOrder, type Order, SkillError } from '@switchboard/contract';
import { z } from 'zod';
import type { TrytonReader } from './read-records.ts';
import type { Tryton } from './session.ts';
import { sendOnce } from './settle.ts';
import { toDecimal, toId, trytonDecimal } from './values.ts';

/** A customer's reference is its code: Tryton takes each code once, so that a late request cannot make a second one. */
export async function customerWith(reader: TrytonReader, reference: string): Promise<Customer | undefined> {
  return (await reader.customers([['code', '=', reference]], 1))[0];
}

/** An order's reference is kept in the field of that name. The first one counts. */
export async function orderWith(reader: TrytonReader, reference: string): Promise<Order | undefined> {
  const sale = (await reader.sales([['reference', '=', reference]], 10)).at(-1);
  return sale && (await reader.withLines(sale)).order;
}

export async function createCustomer(
  tryton: Tryton,
  reader: TrytonReader,
  signal: AbortSignal,
  reference: string,
  customer: NewCustomer,
): Promise<Customer> {
  const look = (): Promise<Customer | undefined> => customerWith(reader, reference);
  const before = await look();
  if (before !== undefined) return before;
  const send = (): Promise<unknown> =>
    tryton.call('model.party.party.create', [[toParty(reference, customer)]], { signal });
  return sendOnce(send, look, signal);
}

/** Always with an address, because an order asks for one; it may be empty. */
function toParty(reference: string, { name, email, phone, street, postalCode, city }: NewCustomer) {
  const contacts = [
    ...(email === undefined ? [] : [{ type: 'email', value: email }]),
    ...(phone === undefined ? [] : [{ type: 'phone', value: phone }]),
  ];
  const address = { street: street ?? null, postal_code: postalCode ?? null, city: city ?? null };
  return {
    name,
    code: reference,
    addresses: [['create', [address]]],
    ...(contacts.length > 0 && { contact_mechanisms: [['create', contacts]] }),
  };
}

const saleChangeSchema = z.tuple([
  z.object({
    invoice_address: z.int().nullish(),
    shipment_address: z.int().nullish(),
    payment_term: z.int().nullish(),
  }),
]);
const lineChangeSchema = z.tuple([
  z.object({ unit: z.int(), unit_price: trytonDecimal.nullish(), taxes: z.array(z.int()).optional() }),
]);
const currencySchema = z.object({ currency: z.int().nullish() });

/** Has Tryton fill in what its own client would: addresses, terms, units, prices and taxes. */
export async function draftOrder(
  tryton: Tryton,
  reader: TrytonReader,
  signal: AbortSignal,
  reference: string,
  { customer, lines, note }: NewOrder,
): Promise<Order> {
  const look = (): Promise<Order | undefined> => orderWith(reader, reference);
  const before = await look();
  if (before !== undefined) return before;
  const company = await tryton.company(signal);
  if (company === undefined)
    throw new SkillError('refused', 'The user of the ERP works for no company there: give it one');
  const party = known(customer);
  const asked = { signal };
  const defaults = await tryton.call('model.sale.sale.default_get', [['currency']], asked);
  const currency = currencySchema.parse(defaults).currency ?? null;
  const changed = await tryton.call('model.sale.sale.on_change', [{ party, company }, ['party']], asked);
  const [terms] = saleChangeSchema.parse(changed);
  const sale = { party, company, currency };
  const filled: unknown[] = [];
  for (const line of lines) filled.push(await toLine(tryton, sale, line, signal));
  const values = { ...sale, ...terms, reference, description: note ?? null, lines: [['create', filled]] };
  return sendOnce(() => tryton.call('model.sale.sale.create', [[values]], asked), look, signal);
}

async function toLine(
  tryton: Tryton,
  sale: Readonly<Record<string, unknown>>,
  line: NewOrder['lines'][number],
  signal: AbortSignal,
) {
  const given = { product: known(line.product), quantity: line.quantity };
  const changed = await tryton.call('model.sale.line.on_change', [{ ...given, sale }, ['product']], { signal });
  const [{ unit, unit_price: price, taxes = [] }] = lineChangeSchema.parse(changed);
  if (price == null) throw new SkillError('refused', 'One of the products has no price in the ERP');
  return { ...given, type: 'line', unit, unit_price: toDecimal(price), taxes: [['add', taxes]] };
}

function known(id: string): number {
  const number = toId(id);
  if (number === undefined) throw new SkillError('refused', `${id} is no id of this ERP`);
  return number;
}
