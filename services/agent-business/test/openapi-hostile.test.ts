// Documents that somebody wrote to do harm: they become no skill, or a harmless one.
import { describeContract } from '@switchboard/contract';
import { describe, expect, it, test } from 'vitest';
import { loadTestApi } from './load.ts';
import { answerJson, petDocument, startPetApi } from './pet-api.ts';

const file = (text: string) => ({ files: { 'pets.json': text } });
const hostile = (text: string) => loadTestApi({ document: 'pets.json' }, file(text));
const operation = (parameters: unknown, more: object = {}) => ({
  ...petDocument,
  paths: { '/pets': { get: { parameters, responses: { 200: { description: 'pets' } }, ...more } } },
});

describe('names that mean something to the language', () => {
  test.each([
    [
      'a path',
      '{"__proto__":{"get":{"polluted":true,"responses":{}}},"/a":{"get":{"responses":{"200":{"description":"x"}}}}}',
      '{}',
    ],
    [
      'a component',
      '{"/a":{"get":{"responses":{"200":{"description":"x","content":{"application/json":{"schema":{"$ref":"#/components/__proto__/polluted"}}}}}}}}',
      '{"__proto__":{"polluted":{"type":"string"}}}',
    ],
    [
      'a schema',
      '{"/a":{"get":{"responses":{"200":{"description":"x","content":{"application/json":{"schema":{"$ref":"#/components/schemas/__proto__"}}}}}}}}',
      '{"schemas":{"__proto__":{"polluted":true}}}',
    ],
    [
      'a parameter',
      '{"/a":{"get":{"parameters":[{"name":"__proto__","in":"query","schema":{"type":"string"}}],"responses":{"200":{"description":"x"}}}}}',
      '{}',
    ],
  ])('%s', async (_, paths, components) => {
    const document = `{"openapi":"3.1.0","info":{"title":"x","version":"1"},"servers":[{"url":"https://x.example"}],"paths":${paths},"components":${components}}`;
    await hostile(document).catch((error: unknown) => expect(error).toMatchObject({ name: 'ApiProblem' }));
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
    expect(Reflect.get({}, 'get')).toBeUndefined();
  });
});

it('a schema as deep as the sea is one line', async () => {
  const deep = `${'{"not":'.repeat(50_000)}{}${'}'.repeat(50_000)}`;
  const loading = hostile(`{"openapi":"3.1.0","info":{"title":"x","version":"1"},"paths":{},"components":${deep}}`);
  await expect(loading).rejects.toMatchObject({
    name: 'ApiProblem',
    message: expect.stringContaining('nested deeper'),
  });
});

it('schemas that double at every step take no longer', async () => {
  const step = (at: number) => ({
    allOf: [{ $ref: `#/components/schemas/S${at + 1}` }, { $ref: `#/components/schemas/S${at + 1}` }],
  });
  const schemas = {
    ...Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`S${at}`, step(at)])),
    S60: { type: 'object' },
  };
  const content = { 'application/json': { schema: { $ref: '#/components/schemas/S0' } } };
  const post = { requestBody: { required: true, content }, responses: { 200: { description: 'x', content } } };
  const { skills } = await loadTestApi({
    document: { ...petDocument, paths: { '/pets': { post } }, components: { schemas } },
  });
  expect(skills).toHaveLength(1);
});

it('a regular expression of a stranger is nowhere', async () => {
  const schema = { type: 'string', pattern: '^(a+)+$' };
  const { skills } = await loadTestApi({ document: operation([{ name: 'q', in: 'query', schema }]) });
  const [skill] = skills;
  if (skill === undefined) throw new Error('there is none');
  expect(JSON.stringify(describeContract(skill.contract))).not.toContain('(a+)+');
  expect(skill.contract.input.safeParse({ q: `${'a'.repeat(60)}!` }).success).toBe(true);
});

it('headers that a request says of itself are no parameters', async () => {
  const names = ['Host', 'Content-Length', 'Transfer-Encoding', 'Cookie', 'Connection', 'Authorization', 'X-Team'];
  const parameters = names.map((name) => ({ name, in: 'header', schema: { type: 'string' } }));
  const api = await startPetApi((_, answer) => answerJson(answer, 200, {}));
  const { skills, run } = await loadTestApi({ document: operation(parameters), server: api.url });
  expect(Object.keys(skills[0]?.contract.input.meta()?.['properties'] ?? {})).toEqual(['X-Team']);
  await run('list-pets', { 'X-Team': 'red' });
  expect(api.seen[0]?.headers['x-team']).toBe('red');
  await expect(run('list-pets', { 'X-Team': 'red\r\nHost: evil' })).rejects.toMatchObject({ reason: 'not-accepted' });
});

it('words that a terminal would obey are visible', async () => {
  const summary = 'List \u001b[2J\u202epets {all} (now|then)';
  const { skills } = await loadTestApi({ document: operation([], { summary, description: summary }) });
  const [skill] = skills;
  if (skill === undefined) throw new Error('there is none');
  const { title, description, utterances } = describeContract(skill.contract);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  for (const text of [title, description, ...utterances]) expect(text).not.toMatch(/[\u0000-\u001f\u202e]/);
  for (const text of utterances) expect(text).not.toContain('{all}');
});

it('a key that the agent fills in is not asked of a person', async () => {
  const parameters = [
    { name: 'Idempotency-Key', in: 'header', required: true, schema: { type: 'string' } },
    { name: 'api_key', in: 'query', required: true, schema: { type: 'string' } },
  ];
  const post = { parameters, responses: { 200: { description: 'x' } } };
  const api = await startPetApi((_, answer) => answerJson(answer, 200, {}));
  const { run } = await loadTestApi(
    {
      document: { ...petDocument, paths: { '/pets': { post } } },
      server: api.url,
      idempotency: 'idempotency-key',
      auth: { type: 'query', name: 'api_key', file: 's' },
    },
    { files: { s: 'canary' } },
  );
  await run('create-pets', {});
  expect(api.seen).toMatchObject([{ url: '/v1/pets?api_key=canary' }]);
  expect(api.seen[0]?.headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}-1$/);
});
