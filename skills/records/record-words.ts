// How customers, products and orders read to a person; what the ERP holds may have been written by anybody.
import type { Customer, Order, OrderState, OrderSummary, Product } from '@switchboard/contract';
import { printable } from '../files/phrases.ts';

const stateWords: Readonly<Record<OrderState, string>> = {
  draft: 'a draft',
  quoted: 'quoted',
  confirmed: 'confirmed',
  done: 'done',
  canceled: 'canceled',
};

export function customerWords({ name, number }: Pick<Customer, 'name' | 'number'>): string {
  return `${printable(name)} (${printable(number)})`;
}

export function productWords({ name, code }: Product): string {
  return code === undefined ? printable(name) : `${printable(name)} (${printable(code)})`;
}

export function stateOf({ state }: OrderSummary): string {
  return stateWords[state];
}

export function totalOf({ total, currency }: OrderSummary): string {
  return `${total} ${currency}`;
}

/** One line each, as `  2 u Chair at 49.90: 99.80`; all of them. */
export function linesOf({ lines }: Order): string {
  const rows = lines.map(
    ({ quantity, unit, name, unitPrice, amount }) =>
      `  ${quantity} ${printable(unit)} ${printable(name)} at ${unitPrice}: ${amount}`,
  );
  return rows.join('\n');
}
