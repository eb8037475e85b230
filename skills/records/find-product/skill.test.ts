// find-product answers from a real ERP, and says it when nothing matches.
import { describe, expect, test } from 'vitest';
import { describeSkill, noErp, runSkill, testErp } from '../testing.ts';
import { contract } from './contract.ts';
import { handler } from './handler.ts';

const skill = { contract, handler };

describe.skipIf(noErp !== undefined)(`find-product (${noErp ?? 'over Tryton'})`, () => {
  const erp = testErp();
  const find = async (product: string) => {
    const { output, text } = await runSkill(skill, { ...erp.setup, input: { product } });
    return { text, names: contract.output.parse(output).products.map(({ name }) => name) };
  };
  describeSkill(skill, erp.setup);

  test.each([
    ['table', ['Table', 'Round table']],
    ['ROUND TABLE', ['Round table']],
    ['tb-1', ['Table']],
    // It is not sold any more.
    ['Stool', []],
  ])('%j finds %j, the exact one first', async (text, names) => {
    expect((await find(text)).names).toEqual(names);
  });

  test('reads well', async () => {
    expect((await find('chair')).text).toBe('1 product:\n  CH-1  Chair  49.90  per u');
    expect((await find('Stool')).text).toBe('No product that is sold matches “Stool”.');
  });
});
