// A small shop in a new Tryton: a company with accounts, some customers and products, and an order that a person has begun.

/** As the administrator; `context` comes last by itself. Throws what Tryton refuses. */
export type TrytonRpc = (method: string, ...args: unknown[]) => Promise<unknown>;

export const modules = ['party', 'sale'];

const decimal = (text: string): unknown => ({ __class__: 'Decimal', decimal: text });

/** Who may log in beside `admin`, and may see nothing of sales. */
export const clerk = { user: 'clerk', password: 'Wq3-fenster-Ulm' };

const customers = [
  { name: 'Anna Meier', code: 'C-1001', mail: 'anna@example.org' },
  { name: 'Anna Muster', code: 'C-1002', mail: 'muster@example.org' },
  { name: 'Beispiel & Söhne', code: 'C-1003', mail: 'shop@example.net' },
];

const products = [
  { name: 'Chair', code: 'CH-1', price: '49.90' },
  { name: 'Table', code: 'TB-1', price: '120' },
  { name: 'Round table', code: 'TB-2', price: '150.125' },
  { name: 'Stool', code: 'ST-1', price: '19', salable: false },
];

/** Makes all of it, once. */
export async function setUpShop(rpc: TrytonRpc): Promise<void> {
  const create = async (model: string, values: unknown): Promise<number> =>
    first(await rpc(`model.${model}.create`, [values]));
  const rate = { date: { __class__: 'date', year: 2020, month: 1, day: 1 }, rate: decimal('1') };
  const euro = { name: 'Euro', code: 'EUR', numeric_code: '978', symbol: '€', digits: 2, rounding: decimal('0.01') };
  const currency = await create('currency.currency', { ...euro, rates: [['create', [rate]]] });
  const party = await create('party.party', { name: 'The Shop', code: 'C-1000' });
  const company = await create('company.company', { party, currency });
  await rpc('model.res.user.write', [1], { companies: [['add', [company]]], company });
  await create('res.user', {
    name: 'Clerk',
    login: clerk.user,
    password: clerk.password,
    companies: [['add', [company]]],
    company,
  });
  const accounts = await makeAccounts(rpc, company);
  const category = await create('product.category', { name: 'Goods', accounting: true, ...accounts });
  const unit = first(await rpc('model.product.uom.search', [['symbol', '=', 'u']], 0, 1, null));
  for (const { name, code, price, salable = true } of products) {
    await create('product.template', {
      name,
      type: 'goods',
      default_uom: unit,
      sale_uom: unit,
      salable,
      account_category: category,
      list_price: decimal(price),
      products: [['create', [{ suffix_code: code }]]],
    });
  }
  const parties: number[] = [];
  for (const { name, code, mail } of customers) {
    const contact_mechanisms = [['create', [{ type: 'email', value: mail }]]];
    const addresses = [['create', [{ street: 'Main Street 1', city: 'Bern' }]]];
    parties.push(await create('party.party', { name, code, contact_mechanisms, addresses }));
  }
  const customer = parties[2];
  const address = first(await rpc('model.party.address.search', [['party', '=', customer]], 0, 1, null));
  await create('sale.sale', {
    party: customer,
    company,
    currency,
    reference: 'PO-77',
    sale_date: { __class__: 'date', year: 2026, month: 1, day: 1 },
    invoice_address: address,
    shipment_address: address,
    lines: [['create', [{ product: 2, quantity: 1, unit, unit_price: decimal('120') }]]],
  });
}

/** The minimal chart of accounts, and which of them products take. */
async function makeAccounts(rpc: TrytonRpc, company: number): Promise<Record<string, number>> {
  const found = [
    ['module', '=', 'account'],
    ['fs_id', '=', 'account_template_root_en'],
  ];
  const [template] = records(await rpc('model.ir.model.data.search_read', found, 0, 1, null, ['db_id']));
  const wizard = first(await rpc('wizard.account.create_chart.create'));
  const account = { account_template: template?.['db_id'], company };
  const execute = (state: string, more: object): Promise<unknown> =>
    rpc('wizard.account.create_chart.execute', wizard, { account, ...more }, state);
  await execute('create_account', {});
  const of = async (kind: string): Promise<number> =>
    first(await rpc('model.account.account.search', [[`type.${kind}`, '=', true]], 0, 1, null));
  const properties = { company, account_receivable: await of('receivable'), account_payable: await of('payable') };
  await execute('create_properties', { properties });
  return { account_revenue: await of('revenue'), account_expense: await of('expense') };
}

function first(result: unknown): number {
  const id: unknown = Array.isArray(result) ? result[0] : undefined;
  if (typeof id !== 'number') throw new Error(`Tryton answered ${JSON.stringify(result)} where an id was awaited`);
  return id;
}

function records(result: unknown): Record<string, unknown>[] {
  return Array.isArray(result) ? result.filter((row) => typeof row === 'object' && row !== null) : [];
}
