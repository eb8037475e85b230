// find-customer finds by name, number, mail address and parts of them, and never takes a wildcard from a person.
import { describe, expect, test } from 'vitest';
import { describeSkill, noErp, runSkill, testErp } from '../testing.ts';
import { contract } from './contract.ts';
import { handler } from './handler.ts';

const skill = { contract, handler };

describe.skipIf(noErp !== undefined)(`find-customer (${noErp ?? 'over Tryton'})`, () => {
  const erp = testErp();
  const find = async (customer: string) => {
    const { output, text } = await runSkill(skill, { ...erp.setup, input: { customer } });
    return { text, names: contract.output.parse(output).customers.map(({ name }) => name) };
  };
  describeSkill(skill, erp.setup);

  test.each([
    ['anna', ['Anna Meier', 'Anna Muster']],
    ['meier anna', ['Anna Meier']],
    ['C-1002', ['Anna Muster']],
    ['c-10', ['The Shop', 'Anna Meier', 'Anna Muster', 'Beispiel & Söhne'].toSorted()],
    ['shop@example.net', ['Beispiel & Söhne']],
    ['söhne', ['Beispiel & Söhne']],
    ['%', []],
    ['_', []],
    ["'; DROP TABLE party_party; --", []],
    ['\\', []],
  ])('%j finds %j', async (text, names) => {
    expect((await find(text)).names.toSorted()).toEqual(names);
  });

  test('reads well', async () => {
    expect((await find('anna')).text).toBe(
      '2 customers:\n  C-1001  Anna Meier   anna@example.org\n  C-1002  Anna Muster  muster@example.org',
    );
    expect((await find('Nobody')).text).toBe('No customer matches “Nobody”.');
  });
});
