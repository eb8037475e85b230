// show-order finds an order by any of its names, and shows all that confirm-order takes.
import { describe, expect, test } from 'vitest';
import { describeSkill, noErp, runSkill, testErp } from '../testing.ts';
import { contract } from './contract.ts';
import { handler } from './handler.ts';

const skill = { contract, handler };

describe.skipIf(noErp !== undefined)(`show-order (${noErp ?? 'over Tryton'})`, () => {
  const erp = testErp();
  const show = (number: string) => runSkill(skill, { ...erp.setup, input: { number } });
  describeSkill(skill, erp.setup);

  test('reads well', async () => {
    expect((await show('#1')).text).toBe(
      'Order PO-77 for Beispiel & Söhne, a draft:\n  1 u Table at 120.00: 120.00\n\nTotal 120.00 EUR.',
    );
  });

  test('asks which one when two have the same reference', async () => {
    const copied = await erp.tryton.rpc('model.sale.sale.copy', [1]);
    expect(copied).toEqual([expect.any(Number)]);
    await expect(show('PO-77')).rejects.toMatchObject({
      reason: 'several',
      message: expect.stringContaining('PO-77 (#1) for Beispiel & Söhne, 120.00 EUR'),
    });
  });

  test.each(['PO-78', '#99', '# 1', '%'])('knows no order %s', async (number) => {
    await expect(show(number)).rejects.toMatchObject({ reason: 'not-found' });
  });
});
