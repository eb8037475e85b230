// extract-data gives what a page says in a form for programs, with the types that are asked for.
import { describe, expect, test } from 'vitest';
import { describeSkill, runSkill, useWeb } from '../testing.ts';
import { contract } from './contract.ts';
import { handler } from './handler.ts';
import { numberIn } from './read-as.ts';

const skill = { contract, handler };
const web = useWeb();

describeSkill(skill, web);

const extract = (path: string, more: Record<string, unknown>) =>
  runSkill(skill, { ...web, input: { url: web.at(path), ...more } });

test('reads well', async () => {
  const { text } = await extract('/shop', { fields: ['name', 'price', 'warranty'] });
  expect(text).toBe(
    `Teapot (${web.at('/shop')}):\n  name: Blue teapot\n  price: 24.50\nNot found: warranty.\n\n` +
      'All of it is attached as a JSON file.',
  );
});

test('finds what JSON-LD, a definition list and a line with a colon say', async () => {
  const { output } = await extract('/shop', { fields: ['brand', 'sku', 'weight', 'colour', 'availability'] });
  expect(output['data']).toEqual({
    brand: 'Clay & Co',
    sku: 'T-7',
    weight: '1,250 g',
    colour: 'cobalt',
    availability: 'https://schema.org/InStock',
  });
});

test('gives each value the type that a schema asks for', async () => {
  const properties = {
    name: { type: 'string' },
    brand: { type: 'string' },
    price: { type: 'number' },
    weight: { type: 'integer' },
    availability: { type: 'boolean' },
    colour: { type: 'string', enum: ['red', 'green'] },
  };
  const { output } = await extract('/shop', { schema: { type: 'object', properties } });
  expect(output).toMatchObject({
    data: { name: 'Blue teapot', brand: 'Clay & Co', price: 24.5, weight: 1250, availability: true },
    missing: ['colour'],
  });
});

test('gives the rows of a table, as a schema describes them', async () => {
  const items = {
    type: 'object',
    properties: { fruit: { type: 'string' }, price: { type: 'number' }, inStock: { type: 'boolean' } },
  };
  const { output, artifacts } = await extract('/prices', { schema: { type: 'array', items } });
  const rows = [
    { fruit: 'Apple', price: 2.4, inStock: true },
    { fruit: 'Pear', price: 3.1, inStock: false },
    { fruit: 'Quince', price: 1299, inStock: true },
  ];
  expect(output).toMatchObject({ records: rows, missing: [] });
  expect(JSON.parse(Buffer.from(artifacts[0]?.content ?? []).toString())).toEqual(rows);
});

test('gives the items of microdata', async () => {
  const { output } = await extract('/events', { fields: ['name', 'startDate', 'location'] });
  expect(output['records']).toEqual([
    { name: 'Fair', startDate: '2031-05-01', location: 'Green' },
    { name: 'Market', startDate: '2031-06-01' },
  ]);
});

test.each([{}, { fields: ['tables'] }])('gives everything where nothing is named: %j', async (more) => {
  const { output } = await extract('/prices', more);
  expect(output['data']).toMatchObject({
    tables: [{ caption: 'Prices', columns: ['Fruit', 'Price per kilo', 'In stock'] }],
  });
});

describe('a number', () => {
  test.each([
    ['2,40 €', 2.4],
    ['$1,299.00', 1299],
    ['1.299,00', 1299],
    ['1.299', 1299],
    ['1,250 g', 1250],
    ['12.5', 12.5],
    ['1.234.567', 1234567],
    ["1'000.50", 1000.5],
    ['−7', -7],
    ['none', undefined],
    ['3 to 4', undefined],
  ])('%s is %s', (text, number) => {
    expect(numberIn(text)).toBe(number);
  });
});

test('refuses a schema that describes no fields, and an error page', async () => {
  for (const schema of [{}, { type: 'string' }, { type: 'array' }, { type: 'object', properties: {} }]) {
    await expect(extract('/shop', { schema })).rejects.toMatchObject({ reason: 'bad-schema' });
  }
  await expect(extract('/none', {})).rejects.toMatchObject({ reason: 'http-error' });
});
