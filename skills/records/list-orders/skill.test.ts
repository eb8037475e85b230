// list-orders answers from a real ERP, and says it when nothing matches.
import { describe, expect, test } from 'vitest';
import { describeSkill, noErp, runSkill, testErp } from '../testing.ts';
import { contract } from './contract.ts';
import { handler } from './handler.ts';

const skill = { contract, handler };

describe.skipIf(noErp !== undefined)(`list-orders (${noErp ?? 'over Tryton'})`, () => {
  const erp = testErp();
  const list = (input: Record<string, unknown>) => runSkill(skill, { ...erp.setup, input });
  describeSkill(skill, erp.setup);

  test('reads well', async () => {
    expect((await list({})).text).toBe('1 order:\n  PO-77  2026-01-01  a draft  Beispiel & Söhne  120.00 EUR');
    expect((await list({ customer: 'C-1001' })).text).toBe('There is no order.');
  });

  test('knows which are open', async () => {
    await erp.tryton.rpc('model.sale.sale.cancel', [1]);
    expect((await list({ which: 'open' })).text).toBe('There is no open order.');
    expect((await list({})).text).toContain('canceled');
    await erp.tryton.rpc('model.sale.sale.draft', [1]);
    expect((await list({ which: 'open' })).text).toContain('1 open order:');
  });

  test('asks which customer is meant', async () => {
    await expect(list({ customer: 'anna' })).rejects.toMatchObject({
      reason: 'several',
      message:
        'Several match “anna”: Anna Meier (C-1001); Anna Muster (C-1002). Which customer? Say its number or its whole name.',
    });
    await expect(list({ customer: 'nobody' })).rejects.toMatchObject({ reason: 'not-found' });
  });
});
