// A contract as data: what it must keep to, and when its hash changes.
import { expect, test } from 'vitest';
import { z } from 'zod';
import {
  catalogueRevision,
  defineContract,
  describeContract,
  type SkillContract,
  skillDocumentSchema,
} from '../src/index.ts';

const utterances = ['a {path}', 'b {path}', 'c {path}', 'd {path}', 'e {path}', 'f', 'g', 'h'];
const contract: SkillContract = {
  name: 'read-file',
  version: '1.0.0',
  title: 'Read a file',
  description: 'Shows a file.',
  tags: ['files'],
  input: z.strictObject({ path: z.string().max(10) }),
  output: z.strictObject({ text: z.string() }),
  errors: { 'not-found': 'There is no such file.' },
  effects: [{ class: 'read', on: 'files' }],
  repeat: 'safe',
  ingests: 'untrusted',
  timeoutMs: 1000,
  utterances,
  examples: [{ says: 'read a', input: { path: 'a' }, output: { text: '' } }],
  say: () => 'It says nothing.',
};

test('it describes itself, as JSON that its own schema takes', () => {
  const document = describeContract(contract);
  expect(skillDocumentSchema.parse(JSON.parse(JSON.stringify(document)))).toEqual(document);
  expect(document.input).toMatchObject({ type: 'object', required: ['path'], additionalProperties: false });
  expect(document.contractHash).toMatch(/^[0-9a-f]{64}$/);
});

test.each<[string, Partial<SkillContract>]>([
  ['seven utterances', { utterances: utterances.slice(0, 7) }],
  ['a hundred and one utterances', { utterances: Array.from({ length: 101 }, (_, index) => `say ${index}`) }],
  ['an empty utterance', { utterances: [...utterances, ''] }],
  ['a name that is no token', { name: 'Read File' }],
  ['a name with a dot', { name: 'read.file' }],
  ['a version that is none', { version: '1.0' }],
  ['no title', { title: '' }],
  ['a description past 1024 characters', { description: 'x'.repeat(1025) }],
  ['a timeout past ten minutes', { timeoutMs: 600_001 }],
  ['no timeout', { timeoutMs: 0 }],
  ['half a millisecond', { timeoutMs: 0.5 }],
  ['a reason that is no name', { errors: { 'Not Found': 'x' } }],
  ['a reason without a meaning', { errors: { 'not-found': '' } }],
])('it is refused with %s', (_, change) => {
  expect(() => defineContract({ ...contract, ...change })).toThrow(z.ZodError);
});

test('what only the gateway asks for needs no utterances', () => {
  const hidden = describeContract({ ...contract, audience: 'gateway', utterances: [] });
  expect(skillDocumentSchema.parse(JSON.parse(JSON.stringify(hidden)))).toEqual(hidden);
  expect(() => describeContract({ ...contract, utterances: [] })).toThrow(z.ZodError);
});

test.each<[string, Partial<SkillContract>]>([
  ['name', { name: 'show-file' }],
  ['version', { version: '1.0.1' }],
  ['title', { title: 'Show a file' }],
  ['description', { description: 'Shows one file.' }],
  ['tags', { tags: [] }],
  ['input', { input: z.strictObject({ path: z.string().max(11) }) }],
  ['output', { output: z.strictObject({ text: z.string().optional() }) }],
  ['errors', { errors: { 'not-found': 'Nothing is there.' } }],
  ['effects', { effects: [{ class: 'write', on: 'files' }] }],
  ['repeat', { repeat: 'idempotent' }],
  ['ingests', { ingests: 'trusted' }],
  ['timeout', { timeoutMs: 1001 }],
  ['utterances', { utterances: [...utterances, 'i'] }],
  ['the order of utterances', { utterances: utterances.toReversed() }],
  ['examples', { examples: [] }],
  ['audience', { audience: 'gateway' }],
  ['redact', { redact: ['text'] }],
  ['requires', { requires: { binaries: ['sh'] } }],
])('another %s is another contract', (_, change) => {
  expect(describeContract({ ...contract, ...change }).contractHash).not.toBe(describeContract(contract).contractHash);
});

test('what nobody outside can see changes nothing, nor does the order in which it is written', () => {
  const reversed = Object.fromEntries(Object.entries(contract).toReversed()) as unknown as SkillContract;
  const same: SkillContract[] = [
    reversed,
    { ...contract, say: () => 'Something else.' },
    { ...contract, ask: () => 'May I?' },
    { ...contract, examples: [{ says: 'read a', output: { text: '' }, input: { path: 'a' } }] },
  ];
  for (const other of same) expect(describeContract(other).contractHash).toBe(describeContract(contract).contractHash);
});

test('equal sets of contracts have one revision, in whatever order', () => {
  const one = describeContract(contract);
  const two = describeContract({ ...contract, name: 'show-file' });
  expect(catalogueRevision([one, two])).toBe(catalogueRevision([two, one]));
  expect(catalogueRevision([one])).not.toBe(catalogueRevision([one, two]));
});
