// confirm-order confirms what was shown, as it was shown, once.
import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { contract as draftContract } from '../draft-order/contract.ts';
import { handler as draftHandler } from '../draft-order/handler.ts';
import { countIn, describeSkill, noErp, reconcileSkill, runSkill, testErp } from '../testing.ts';
import { contract } from './contract.ts';
import { handler } from './handler.ts';

const skill = { contract, handler };
type Order = z.infer<typeof contract.input>['order'];

describe.skipIf(noErp !== undefined)(`confirm-order (${noErp ?? 'over Tryton'})`, () => {
  const erp = testErp();
  const confirm = (order: Order) => runSkill(skill, { ...erp.setup, input: { order } });
  const stateOf = async (id: string) =>
    await erp.tryton.rpc('model.sale.sale.read', [Number(id)], ['state']).then((rows) => JSON.stringify(rows));
  async function draft(items: string): Promise<Order> {
    const drafting = { contract: draftContract, handler: draftHandler };
    const { output } = await runSkill(drafting, { ...erp.setup, input: { customer: 'C-1001', items } });
    return draftContract.output.parse(output).order;
  }
  describeSkill(skill, erp.setup);

  test('reads well, and the ERP goes on with it', async () => {
    const order = await draft('2 chairs');
    const { text, output } = await confirm(order);
    const confirmed = contract.output.parse(output).order;
    expect(confirmed).toMatchObject({ id: order.id, state: 'confirmed', total: '99.80' });
    expect(text).toBe(`Confirmed order ${confirmed.number} for Anna Meier: 1 line, total 99.80 EUR.`);
    expect(await countIn(erp, 'account.invoice', 'sales.number', String(confirmed.number))).toBe(1);
  });

  test('says exactly what will be confirmed', async () => {
    const order = await draft('2 chairs, 1 round table');
    expect(contract.ask?.({ order })).toBe(
      `Confirm order ${order.number} in the ERP, which then invoices and delivers it.\n\nCustomer: Anna Meier\n  2 u Chair at 49.90: 99.80\n  1 u Round table at 150.125: 150.12\n\nTotal: 249.92 EUR`,
    );
  });

  test.each([
    ['another total', { total: '0.01' }],
    ['another customer', { customer: { id: '3', name: 'Anna Muster' } }],
    ['no lines', { lines: [] }],
    ['another currency', { currency: 'USD' }],
  ])('refuses what was shown with %s', async (_, differs) => {
    const order = await draft('1 chair');
    const message = `Order ${order.number} has changed, and is 49.90 EUR for Anna Meier now; nothing was done.`;
    await expect(confirm({ ...order, ...differs })).rejects.toMatchObject({ reason: 'changed', message });
    expect(await stateOf(order.id)).toContain('draft');
  });

  test('refuses what has been changed, canceled or taken away since', async () => {
    const order = await draft('1 chair');
    const id = Number(order.id);
    const lines = [
      ['create', [{ product: 2, quantity: 1, unit: 1, unit_price: { __class__: 'Decimal', decimal: '1' } }]],
    ];
    await erp.tryton.rpc('model.sale.sale.write', [id], { lines });
    await expect(confirm(order)).rejects.toMatchObject({ reason: 'changed' });
    await erp.tryton.rpc('model.sale.sale.cancel', [id]);
    await expect(confirm(order)).rejects.toMatchObject({ message: expect.stringContaining('has been canceled') });
    await erp.tryton.rpc('model.sale.sale.delete', [id]);
    await expect(confirm(order)).rejects.toMatchObject({ message: expect.stringContaining('not there any more') });
  });

  test('says what the ERP misses, and confirms nothing', async () => {
    const party = await erp.tryton.rpc('model.party.party.create', [{ name: 'No Address', code: 'C-2000' }]);
    const [id] = Array.isArray(party) ? party : [];
    const made = await erp.tryton.rpc('model.sale.sale.create', [
      { party: id, company: 1, currency: 1, reference: 'NO-ADDRESS' },
    ]);
    expect(made).toEqual([expect.any(Number)]);
    const order = {
      id: String(Array.isArray(made) ? made[0] : ''),
      number: 'NO-ADDRESS',
      state: 'draft' as const,
      customer: { id: String(id), name: 'No Address' },
      total: '0.00',
      currency: 'EUR',
      lines: [],
    };
    await expect(confirm(order)).rejects.toMatchObject({
      reason: 'refused',
      message: expect.stringContaining('you must enter an invoice address'),
    });
    expect(await stateOf(order.id)).toContain('draft');
  });

  test('once is enough', async () => {
    const order = await draft('1 chair');
    const first = await confirm(order);
    const again = await confirm(order);
    expect(again.output).toEqual(first.output);
    const lost = { ...erp.setup, workspace: first.workspace, input: { order }, noted: first.notes.at(-1) };
    expect(await reconcileSkill(skill, lost)).toEqual({ outcome: 'done', output: first.output });
    expect(await reconcileSkill(skill, { ...lost, noted: undefined })).toEqual({ outcome: 'not-done' });
  });

  test('nobody can tell what became of it once somebody has canceled it', async () => {
    const order = await draft('1 chair');
    await erp.tryton.rpc('model.sale.sale.cancel', [Number(order.id)]);
    const lost = { ...erp.setup, workspace: '.', input: { order }, noted: { order: order.id } };
    const options = { ...lost, workspace: (await confirm(await draft('1 table'))).workspace };
    expect(await reconcileSkill(skill, options)).toEqual({ outcome: 'unknown' });
  });
});
