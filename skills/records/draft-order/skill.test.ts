// draft-order drafts one order at the ERP's prices, asks where it cannot know, and drafts no second one.
import { describe, expect, test } from 'vitest';
import { countIn, describeSkill, noErp, reconcileSkill, runSkill, testErp } from '../testing.ts';
import { contract } from './contract.ts';
import { handler } from './handler.ts';

const skill = { contract, handler };
const step = '0199aaaa-0000-7000-8000-000000000002-1';

describe.skipIf(noErp !== undefined)(`draft-order (${noErp ?? 'over Tryton'})`, () => {
  const erp = testErp();
  const draft = (customer: string, items: string, more: { note?: string; invocationId?: string } = {}) => {
    const { invocationId, ...rest } = more;
    return runSkill(skill, {
      ...erp.setup,
      input: { customer, items, ...rest },
      ...(invocationId && { invocationId }),
    });
  };
  const orders = () => erp.tryton.rpc('model.sale.sale.search_count', []);
  describeSkill(skill, erp.setup);

  test('reads well', async () => {
    const { text, output } = await draft('C-1002', '3 x Round table; 2 chairs', { note: 'for the garden' });
    const { order } = contract.output.parse(output);
    expect(text).toBe(
      `Drafted order ${order.number} for Anna Muster:\n  3 u Round table at 150.125: 450.38\n  2 u Chair at 49.90: 99.80\n\nTotal 550.18 EUR. Nothing is sold yet: say “confirm order ${order.number}” for that.`,
    );
    expect(await countIn(erp, 'sale.sale', 'description', 'for the garden')).toBe(1);
  });

  test.each([
    ['anna', '2 chairs', 'several', 'Anna Meier (C-1001); Anna Muster (C-1002)'],
    ['Nobody', '2 chairs', 'not-found', 'no customer that matches “Nobody”'],
    ['C-1001', '2 t', 'several', 'Round table (TB-2); Table (TB-1)'],
    ['C-1001', '2 sofas', 'not-found', 'no product that matches “sofa”'],
    ['C-1001', '1 Stool', 'not-found', 'no product'],
    ['C-1001', '1.5 chairs', 'refused', 'The ERP says: The number of digits'],
    ['C-1001', 'some chairs', 'bad-items', '“some chairs” is no number of a product'],
    ['C-1001', '0 chairs', 'bad-items', '“0 chairs”'],
    ['C-1001', ',', 'bad-items', 'Say 1 to 50 items'],
  ])('%s, %s: %s', async (customer, items, reason, message) => {
    const before = await orders();
    await expect(draft(customer, items)).rejects.toMatchObject({ reason, message: expect.stringContaining(message) });
    expect(await orders()).toBe(before);
  });

  test('each attempt of a step is about the same order', async () => {
    const before = Number(await orders());
    const first = await draft('C-1001', '1 chair', { invocationId: `${step}-1` });
    const second = await draft('C-1001', '1 chair', { invocationId: `${step}-2` });
    expect(second.output).toEqual(first.output);
    expect(await orders()).toBe(before + 1);
    const input = { customer: 'C-1001', items: '1 chair' };
    const lost = { ...erp.setup, workspace: first.workspace, input, noted: first.notes.at(-1) };
    expect(await reconcileSkill(skill, { ...lost, invocationId: `${step}-1` })).toEqual({
      outcome: 'done',
      output: first.output,
    });
  });

  test('shows whoever approves all of it', () => {
    expect(contract.ask?.({ customer: 'A', items: '2 chairs\n1 table', note: 'soon' })).toBe(
      'Draft an order in the ERP for the customer A:\n\n2 chairs\n1 table\n\nRemark: soon',
    );
  });
});
