// Values against JSON Schemas that came over the bus.
import { expect, test } from 'vitest';
import { createSchemaCheck } from '../src/index.ts';

const schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  properties: { path: { type: 'string', minLength: 1 }, list: { type: 'array', items: { type: 'integer' } } },
  required: ['path'],
  additionalProperties: false,
};

test('says all that does not fit, and where', () => {
  const check = createSchemaCheck();
  expect(check('a', schema, { path: 'x', list: [1] })).toEqual([]);
  expect(check('a', schema, { list: ['x'], more: 1 })).toEqual([
    { path: '', says: "must have required property 'path'" },
    { path: '', says: 'must NOT have additional properties (more)' },
    { path: '/list/0', says: 'must be integer' },
  ]);
});

test('what was made of one schema is not asked about another', () => {
  const check = createSchemaCheck();
  expect(check('a', schema, {})).toHaveLength(1);
  expect(check('b', { type: 'object' }, {})).toEqual([]);
  expect(check('a', schema, {})).toHaveLength(1);
});

test.each([
  ['an unknown type', { type: 'wish' }],
  ['a reference to nowhere', { $ref: 'https://example.org/nowhere' }],
  ['a pattern that is none', { type: 'string', pattern: '(' }],
])('a schema without sense fits nothing, and breaks nothing: %s', (_, broken) => {
  const check = createSchemaCheck();
  expect(check('a', broken, 'x')).toBeUndefined();
  expect(check('a', broken, 'x')).toBeUndefined();
  expect(check('b', schema, { path: 'x' })).toEqual([]);
});

test('more schemas than are kept are checked as well', () => {
  const check = createSchemaCheck();
  for (let index = 0; index < 2_100; index++) expect(check(`k${index}`, { const: index }, index)).toEqual([]);
  expect(check('k0', { const: 0 }, 1)).toHaveLength(1);
});
