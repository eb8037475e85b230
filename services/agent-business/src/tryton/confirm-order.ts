// Confirms an order in Tryton, if it still is as it was seen.
import { isDeepStrictEqual } from 'node:util';
import { type Order, SkillError } from '@switchboard/contract';
import type { SeenOrder, TrytonReader } from './read-records.ts';
import type { Tryton } from './session.ts';
import { sendOnce } from './settle.ts';
import { toId } from './values.ts';

export async function orderNow(reader: TrytonReader, id: string): Promise<SeenOrder | undefined> {
  const [sale] = await reader.sales([['id', '=', toId(id) ?? -1]], 1);
  return sale && reader.withLines(sale);
}

export function isConfirmed({ state }: Order): boolean {
  return state === 'confirmed' || state === 'done';
}

/** What was approved: its number and state go their own way. */
function meaning({ id, customer, lines, total, currency }: Order): unknown {
  return JSON.parse(JSON.stringify({ id, customer, lines, total, currency }));
}

function sameOrChanged(seen: Order, now: SeenOrder | undefined): SeenOrder {
  const number = seen.number;
  if (now === undefined) throw new SkillError('changed', `Order ${number} is not there any more; nothing was done.`);
  if (now.order.state === 'canceled') {
    throw new SkillError('changed', `Order ${number} has been canceled; nothing was done.`);
  }
  if (!isDeepStrictEqual(meaning(seen), meaning(now.order))) {
    const now_ = `${now.order.total} ${now.order.currency} for ${now.order.customer.name}`;
    throw new SkillError('changed', `Order ${number} has changed, and is ${now_} now; nothing was done.`);
  }
  return now;
}

/** A quotation comes first in Tryton; then goods and invoices follow by themselves. */
export async function confirmOrder(
  tryton: Tryton,
  reader: TrytonReader,
  signal: AbortSignal,
  seen: Order,
): Promise<Order> {
  const id = toId(seen.id);
  const press = (button: 'quote' | 'confirm', { timestamp }: SeenOrder): Promise<unknown> => {
    const context = { _timestamp: { [`sale.sale,${id}`]: timestamp } };
    return tryton.call(`model.sale.sale.${button}`, [[id]], { signal, context });
  };
  const inState = (reached: (order: Order) => boolean) => async () => {
    const now = await orderNow(reader, seen.id);
    return now !== undefined && reached(now.order) ? now : undefined;
  };
  let now = sameOrChanged(seen, await orderNow(reader, seen.id));
  if (isConfirmed(now.order)) return now.order;
  if (now.order.state === 'draft') {
    const draft = now;
    now = await sendOnce(
      () => press('quote', draft),
      inState(({ state }) => state !== 'draft'),
      signal,
    );
  }
  const quoted = sameOrChanged(seen, now);
  return (await sendOnce(() => press('confirm', quoted), inState(isConfirmed), signal)).order;
}
