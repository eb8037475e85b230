// References between the steps of a plan: where they may stand, what fills them, and what is left alone.
import { expect, test } from 'vitest';
import { z } from 'zod';
import {
  artifactGiven,
  artifactSchema,
  artifactsIn,
  mapReferences,
  planStepsMax,
  referencesIn,
  resolveReferences,
  routeDecisionSchema,
  sayReference,
} from '../src/index.ts';

const image = { id: '00000000-0000-7000-8000-000000000001', name: 'page.png' };
const from = (step: number, field: string) => ({ $from: { step, field } });
const outputs = new Map([
  [1, { image, size: 0, list: [1, 2], none: undefined }],
  [2, { text: 'hello', nested: from(1, 'image') }],
]);

test('a field, and an element of a list, is filled by what an earlier step gave', () => {
  const input = { content: from(1, 'image'), all: [from(2, 'text'), 'plain', from(1, 'size')], path: 'a.png' };
  expect(resolveReferences(input, outputs)).toEqual({ content: image, all: ['hello', 'plain', 0], path: 'a.png' });
  expect(referencesIn(input)).toEqual([
    { step: 1, field: 'image' },
    { step: 2, field: 'text' },
    { step: 1, field: 'size' },
  ]);
});

test('what was given is not looked into, though it may look like a reference itself', () => {
  expect(resolveReferences({ text: from(2, 'nested') }, outputs)).toEqual({ text: from(1, 'image') });
});

test.each([
  ['deeper down', { data: { more: from(1, 'image') } }],
  ['in a list of lists', { data: [[from(1, 'image')]] }],
  ['with anything beside it', { data: { ...from(1, 'image'), more: 1 } }],
  ['without a step', { data: { $from: { field: 'image' } } }],
  ['to step 0', { data: from(0, 'image') }],
  ['past the longest plan', { data: from(planStepsMax + 1, 'image') }],
  ['to no field', { data: from(1, '') }],
])('%s it is data like any other', (_, input) => {
  expect(referencesIn(input)).toEqual([]);
  expect(resolveReferences(input, outputs)).toEqual(input);
});

test.each([
  ['a step that was not done', from(3, 'text'), 'the text from step 3'],
  ['a field that it did not give', from(1, 'photo'), 'the photo from step 1'],
  ['a field that it left out', from(1, 'none'), 'the none from step 1'],
  ['what every object has', from(1, 'constructor'), 'the constructor from step 1'],
])('%s fills nothing, and is named', (_, reference, words) => {
  expect(() => resolveReferences({ text: reference }, outputs)).toThrow(
    expect.objectContaining({ code: 'invalid-input', message: `It takes ${words}, and that gave none` }),
  );
});

test('a person reads which output is meant', () => {
  expect(mapReferences({ content: from(1, 'image'), path: 'a' }, sayReference)).toEqual({
    content: 'the image from step 1',
    path: 'a',
  });
});

test('a decision holds references, and the rest of a plan that is asked about', () => {
  const step = { agent: 'browser', skill: 'take-screenshot', contractHash: 'a'.repeat(64), input: {} };
  const said = { v: 1, candidates: [], stage: 'pattern', reason: 'It says so.' };
  const saved = { ...step, skill: 'save-file', input: { content: from(1, 'image') } };
  const question = { kind: 'input', text: 'Which?', agent: 'browser', skill: 'take-screenshot', field: 'url' };
  const rest = { before: [], after: [saved] };
  const decisions = [
    { ...said, outcome: 'route', steps: [step, saved] },
    { ...said, outcome: 'ask', question: { ...question, arguments: {}, rest } },
  ];
  for (const decision of decisions) expect(routeDecisionSchema.parse(decision)).toEqual(decision);
});

const schemaOf = (field: z.ZodType) => {
  const { properties } = z.toJSONSchema(z.strictObject({ field }), { io: 'input' });
  return properties?.['field'];
};

test.each([
  ['an artifact', artifactSchema.describe('a file'), 'one'],
  ['one that may be missing', artifactSchema.optional(), 'one'],
  ['a list of artifacts', z.array(artifactSchema).max(10).describe('files'), 'many'],
  ['a list that may be missing', z.array(artifactSchema).default([]), 'many'],
  ['text', z.string(), undefined],
  ['a list of texts', z.array(z.string()), undefined],
  ['less than an artifact', artifactSchema.omit({ sha256: true }), undefined],
  ['more than an artifact', artifactSchema.extend({ url: z.string() }), undefined],
  ['an artifact without its guarantees', artifactSchema.partial(), undefined],
  ['anything', z.unknown(), undefined],
])('a field that holds %s is recognised in its schema', (_, field, expected) => {
  expect(artifactsIn(schemaOf(field))).toBe(expected);
});

test.each([null, 1, 'object', [], {}, { type: 'object' }, { type: 'array' }, { type: 'array', items: 1 }])(
  'the schema %j is of no artifact',
  (schema) => {
    expect(artifactsIn(schema)).toBeUndefined();
    expect(artifactGiven(schema)).toBeUndefined();
  },
);

test('a skill gives the one artifact that its output always holds', () => {
  const given = (shape: z.ZodRawShape) => artifactGiven(z.toJSONSchema(z.strictObject(shape), { io: 'output' }));
  expect(given({ size: z.int(), image: artifactSchema })).toBe('image');
  expect(given({ image: artifactSchema.optional() })).toBeUndefined();
  expect(given({ a: artifactSchema, b: artifactSchema })).toBeUndefined();
  expect(given({ a: artifactSchema, earlier: artifactSchema.optional() })).toBe('a');
  expect(given({ all: z.array(artifactSchema) })).toBeUndefined();
});
