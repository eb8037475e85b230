// create-customer makes one customer, never a second one, and knows after a death whether it has.
import { describe, expect, test } from 'vitest';
import { countIn, describeSkill, noErp, reconcileSkill, runSkill, testErp } from '../testing.ts';
import { contract } from './contract.ts';
import { handler } from './handler.ts';

const skill = { contract, handler };

describe.skipIf(noErp !== undefined)(`create-customer (${noErp ?? 'over Tryton'})`, () => {
  const erp = testErp();
  const create = (input: Record<string, unknown>, invocationId?: string) =>
    runSkill(skill, { ...erp.setup, input, ...(invocationId && { invocationId }) });
  const count = (name: string) => countIn(erp, 'party.party', 'name', name);
  describeSkill(skill, erp.setup);

  test('keeps all that was said, and reads well', async () => {
    const input = {
      name: 'Dora Älv',
      email: 'dora@example.org',
      phone: '+46 8 123 456 78',
      street: 'Väg 1',
      postalCode: '11122',
      city: 'Stockholm',
    };
    const { output, text } = await create(input);
    const { customer } = contract.output.parse(output);
    expect(customer).toMatchObject({ name: 'Dora Älv', email: 'dora@example.org', phone: '+46 8 123 456 78' });
    expect(text).toBe(`Created the customer Dora Älv (${customer.number}).`);
    const addresses = await erp.tryton.rpc(
      'model.party.address.search_read',
      [['party', '=', Number(customer.id)]],
      0,
      9,
      null,
      ['street', 'postal_code', 'city'],
    );
    expect(addresses).toMatchObject([{ street: 'Väg 1', postal_code: '11122', city: 'Stockholm' }]);
  });

  test('refuses one that is there already, by name or mail address, unless it is another one', async () => {
    const exists = { reason: 'exists', message: 'There is Anna Meier (C-1001) already; nothing was created.' };
    await expect(create({ name: 'anna MEIER' })).rejects.toMatchObject(exists);
    await expect(create({ name: 'Somebody', email: 'Anna@Example.org' })).rejects.toMatchObject(exists);
    expect(await count('Somebody')).toBe(0);
    await create({ name: 'Anna Meier', another: true });
    expect(await count('Anna Meier')).toBe(2);
  });

  test('takes names as they are', async () => {
    const name = `Rob'); DROP TABLE party_party; -- <b>%s</b> 💡`;
    await create({ name });
    expect(await count(name)).toBe(1);
  });

  test('each attempt of a step is about the same customer', async () => {
    const step = '0199aaaa-0000-7000-8000-000000000001-3';
    const first = await create({ name: 'Once' }, `${step}-1`);
    const second = await create({ name: 'Once' }, `${step}-2`);
    expect(second.output).toEqual(first.output);
    expect(await count('Once')).toBe(1);
    const reconciled = await reconcileSkill(skill, {
      ...erp.setup,
      workspace: first.workspace,
      input: { name: 'Once' },
      invocationId: `${step}-1`,
      noted: first.notes.at(-1),
    });
    expect(reconciled).toEqual({ outcome: 'done', output: first.output });
  });

  test('shows whoever approves all of it', () => {
    expect(contract.ask?.({ name: 'A\u202eB', email: 'a@example.org', phone: '1', city: 'Bern', another: true })).toBe(
      'Create the customer A\\u{202e}B in the ERP, even if there is one like it.\nMail address: a@example.org\nPhone: 1\nCity: Bern',
    );
  });
});

test.each([{ name: '' }, { name: 'x'.repeat(201) }, { name: 'A', email: 'no mail' }, { name: 'A', code: 'C-1' }])(
  'takes no %j',
  (input) => {
    expect(contract.input.safeParse(input).success).toBe(false);
  },
);
