// Customers, products and orders, read from Tryton's parties, products and sales.
import {
  type Customer,
  type Order,
  type OrderState,
  type OrderSummary,
  type Product,
  type RecordsRead,
  SkillError,
} from '@switchboard/contract';
import { z } from 'zod';
import type { Tryton } from './session.ts';
import { decimalText, everyWord, sameText, toId, trytonDate, trytonDecimal, trytonText } from './values.ts';

export const linesMax = 200;
const sameNumberMax = 10;
const priceDigits = 2;

const partySchema = z.object({ id: z.int(), code: z.string(), name: trytonText, email: trytonText, phone: trytonText });
const partyFields = Object.keys(partySchema.shape);

const productSchema = z.object({
  id: z.int(),
  code: trytonText,
  name: z.string(),
  list_price: trytonDecimal.nullish(),
  'sale_uom.': z.object({ symbol: z.string() }).nullish(),
});
const productFields = ['code', 'name', 'list_price', 'sale_uom.symbol'];

const states = {
  draft: 'draft',
  quotation: 'quoted',
  confirmed: 'confirmed',
  processing: 'confirmed',
  done: 'done',
  cancelled: 'canceled',
} as const satisfies Record<string, OrderState>;

const saleSchema = z.object({
  id: z.int(),
  number: trytonText,
  reference: trytonText,
  state: z.enum(['draft', 'quotation', 'confirmed', 'processing', 'done', 'cancelled']),
  party: z.int(),
  'party.': z.object({ rec_name: z.string() }),
  total_amount: trytonDecimal,
  'currency.': z.object({ code: z.string(), digits: z.int() }),
  sale_date: trytonDate.nullish(),
  /** Changes with each change of the sale: Tryton refuses to write over another one. */
  _timestamp: z.string(),
});
const saleFields = [
  'number',
  'reference',
  'state',
  'party',
  'party.rec_name',
  'total_amount',
  'currency.code',
  'currency.digits',
  'sale_date',
  '_timestamp',
];
type Sale = z.infer<typeof saleSchema>;

const lineSchema = z.object({
  product: z.int().nullish(),
  'product.': z.object({ name: z.string() }).nullish(),
  description: trytonText,
  quantity: z.number().nullish(),
  'unit.': z.object({ symbol: z.string() }).nullish(),
  unit_price: trytonDecimal.nullish(),
  amount: trytonDecimal.nullish(),
});
const lineFields = ['product', 'product.name', 'description', 'quantity', 'unit.symbol', 'unit_price', 'amount'];

export interface SeenOrder {
  readonly order: Order;
  readonly timestamp: string;
}

/** What reading and writing share; throws TrytonError, ZodError and SkillError `too-large`. */
export interface TrytonReader extends Omit<RecordsRead, 'customerOf' | 'orderOf' | 'settledOrder'> {
  customers(domain: readonly unknown[], max: number): Promise<Customer[]>;
  sales(domain: readonly unknown[], max: number): Promise<Sale[]>;
  withLines(sale: Sale): Promise<SeenOrder>;
}

export function createReader(tryton: Tryton, signal: AbortSignal): TrytonReader {
  function rows<T>(schema: z.ZodType<T>, model: string, args: readonly unknown[]): Promise<T[]> {
    return tryton.call(`model.${model}.search_read`, args, { signal }).then((found) => z.array(schema).parse(found));
  }

  /** What matches exactly, then what else matches. */
  async function exactFirst<T extends { id: string }>(
    find: (domain: readonly unknown[], max: number) => Promise<T[]>,
    exact: readonly unknown[],
    loose: readonly unknown[],
    max: number,
  ): Promise<T[]> {
    const first = await find(exact, max);
    if (first.length >= max) return first;
    const ids = first.map(({ id }) => Number(id));
    return [...first, ...(await find([...loose, ['id', 'not in', ids]], max - first.length))];
  }

  async function customers(domain: readonly unknown[], max: number): Promise<Customer[]> {
    const found = await rows(partySchema, 'party.party', [
      domain,
      0,
      max,
      [
        ['name', 'ASC'],
        ['id', 'ASC'],
      ],
      partyFields,
    ]);
    return found.map(toCustomer);
  }

  async function products(domain: readonly unknown[], max: number): Promise<Product[]> {
    const order = [
      ['name', 'ASC'],
      ['id', 'ASC'],
    ];
    const found = await rows(productSchema, 'product.product', [domain, 0, max, order, productFields]);
    return found.map(toProduct);
  }

  function sales(domain: readonly unknown[], max: number): Promise<Sale[]> {
    return rows(saleSchema, 'sale.sale', [domain, 0, max, [['id', 'DESC']], saleFields]);
  }

  async function withLines(sale: Sale): Promise<SeenOrder> {
    const domain = [
      ['sale', '=', sale.id],
      ['type', '=', 'line'],
    ];
    const order = [
      ['sequence', 'ASC'],
      ['id', 'ASC'],
    ];
    const found = await rows(lineSchema, 'sale.line', [domain, 0, linesMax + 1, order, lineFields]);
    const summary = toSummary(sale);
    if (found.length > linesMax)
      throw new SkillError('too-large', `Order ${summary.number} has more than ${linesMax} lines`);
    return { order: { ...summary, lines: found.map(toLine) }, timestamp: sale._timestamp };
  }

  return {
    customers,
    sales,
    withLines,
    findCustomers(text, { max }) {
      const exact = ['OR', ['code', '=', text], sameText('name', text), sameText('contact_mechanisms.value', text)];
      return exactFirst(customers, [exact], everyWord('rec_name', text), max);
    },
    findProducts(text, { max }) {
      const sold = ['salable', '=', true];
      const exact = ['OR', sameText('code', text), sameText('name', text)];
      return exactFirst(products, [sold, exact], [sold, ...everyWord('rec_name', text)], max);
    },
    async findOrders({ customer, open, max }) {
      const of = customer === undefined ? [] : [['party', '=', toId(customer) ?? -1]];
      const still = open ? [['state', 'not in', ['done', 'cancelled']]] : [];
      return (await sales([...of, ...still], max)).map(toSummary);
    },
    async orders(number) {
      const id = toId(number.replace(/^#/, ''));
      const byId = number.startsWith('#') && id !== undefined ? [['id', '=', id]] : [];
      const found = await sales([['OR', ['number', '=', number], ['reference', '=', number], ...byId]], sameNumberMax);
      const whole: Order[] = [];
      for (const sale of found) whole.push((await withLines(sale)).order);
      return whole;
    },
  };
}

function toCustomer({ id, code, name, email, phone }: z.infer<typeof partySchema>): Customer {
  return { id: String(id), number: code, name: name ?? code, ...(email && { email }), ...(phone && { phone }) };
}

function toProduct(found: z.infer<typeof productSchema>): Product {
  const { id, code, name, list_price: price, 'sale_uom.': unit } = found;
  const priced = price && { price: decimalText(price, priceDigits) };
  return { id: String(id), ...(code && { code }), name, ...priced, unit: unit?.symbol ?? '' };
}

function toSummary(sale: Sale): OrderSummary {
  const { code: currency, digits } = sale['currency.'];
  return {
    id: String(sale.id),
    number: sale.number ?? sale.reference ?? `#${sale.id}`,
    state: states[sale.state],
    customer: { id: String(sale.party), name: sale['party.'].rec_name },
    total: decimalText(sale.total_amount, digits),
    currency,
    ...(sale.sale_date && { date: sale.sale_date }),
  };
}

function toLine(line: z.infer<typeof lineSchema>): Order['lines'][number] {
  return {
    ...(line.product && { product: String(line.product) }),
    name: line['product.']?.name ?? line.description ?? '',
    quantity: line.quantity ?? 0,
    unit: line['unit.']?.symbol ?? '',
    unitPrice: decimalText(line.unit_price ?? '0', priceDigits),
    amount: decimalText(line.amount ?? '0', priceDigits),
  };
}
