// The business agent as `npm start` runs it, over a real ERP and somebody's real database: by plain sentences.
import { createShopDatabase, type ShopDatabase } from '@switchboard/testkit/peers/shop-database';
import { startTryton, type Tryton, whyNoTryton } from '@switchboard/testkit/peers/tryton';
import { type System, startSystem } from '@switchboard/testkit/start-system';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Talk, talkTo } from './talk.ts';

const noErp = await whyNoTryton();

let shop: ShopDatabase;
let tryton: Tryton | undefined;
let system: System;
let talk: Talk;

beforeAll(async () => {
  [shop, tryton] = await Promise.all([createShopDatabase(), noErp === undefined ? startTryton() : undefined]);
  system = await startSystem({
    env: {
      QUERY_DATABASE_URL: shop.urlFor(shop.role),
      ...(tryton && { ERP_URL: tryton.url, ERP_USER: tryton.user, ERP_PASSWORD: tryton.password }),
    },
  });
  talk = await talkTo(system);
});
afterAll(async () => {
  await system?.close();
  await Promise.all([shop?.drop(), tryton?.stop()]);
});

test('the database is asked in a sentence, and not changed in one', async () => {
  const read = await talk.say('query the database select name, stock from products order by name');
  expect(read).toMatchObject({ state: 'completed', steps: [{ agent: 'business', skill: 'query-database' }] });
  expect(read.output?.text).toBe('2 rows:\n  name   stock\n  Chair  12\n  Table  3');
  const told = await talk.say('show the tables of the database');
  expect(told.output?.text).toContain('public.products');
  const refused = await talk.say('query the database delete from products');
  expect(refused).toMatchObject({ state: 'failed', error: { code: 'skill-failed', reason: 'not-a-query' } });
  expect(await shop.run('SELECT count(*)::int AS count FROM products')).toEqual([{ count: 2 }]);
});

describe.skipIf(noErp !== undefined)(`the ERP${noErp ? ` (${noErp})` : ''}`, () => {
  test('an order: drafted, shown whole to whoever approves it, confirmed once', { timeout: 90_000 }, async () => {
    const drafted = await talk.say('draft an order of 2 chairs and 1 table for Anna Meier');
    expect(drafted).toMatchObject({ state: 'completed', steps: [{ skill: 'draft-order', state: 'succeeded' }] });
    const number = /SB-[0-9A-F-]+/.exec(drafted.output?.text ?? '')?.[0] ?? '';
    const asked = await talk.say(`confirm order ${number}`);
    expect(asked).toMatchObject({ state: 'input-required', question: { kind: 'approval' } });
    for (const part of ['Anna Meier', '2 u Chair at 49.90: 99.80', '1 u Table at 120.00: 120.00', '219.80 EUR']) {
      expect(asked.question?.text).toContain(part);
    }
    const states = () =>
      tryton?.rpc('model.sale.sale.search_read', [['reference', '=', number]], 0, 9, null, ['state']);
    expect(await states()).toMatchObject([{ state: 'draft' }]);
    const confirmed = await talk.answer(asked, { approve: true });
    expect(confirmed).toMatchObject({
      state: 'completed',
      steps: [{ skill: 'show-order' }, { skill: 'confirm-order' }],
    });
    expect(await states()).toMatchObject([{ state: 'processing' }]);
  });

  test('what was approved is what is confirmed: an order that has changed meanwhile is not', {
    timeout: 90_000,
  }, async () => {
    const asked = await talk.say('confirm order PO-77');
    expect(asked.question?.text).toContain('120.00 EUR');
    const lines = [
      ['create', [{ product: 1, quantity: 9, unit: 1, unit_price: { __class__: 'Decimal', decimal: '1' } }]],
    ];
    await tryton?.rpc('model.sale.sale.write', [1], { lines });
    const refused = await talk.answer(asked, { approve: true });
    expect(refused).toMatchObject({ state: 'failed', error: { reason: 'changed' } });
    expect(await tryton?.rpc('model.sale.sale.read', [1], ['state'])).toMatchObject([{ state: 'draft' }]);
  });

  test('a customer that is meant is asked for by name', async () => {
    const turn = await talk.say('list the orders of anna');
    expect(turn).toMatchObject({ state: 'failed', error: { reason: 'several' } });
    expect(turn.error?.message).toContain('Anna Meier (C-1001); Anna Muster (C-1002)');
  });
});
