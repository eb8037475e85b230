// Documents that nobody here wrote become sound skills, quickly; broken ones are one clear line.
import { readFileSync } from 'node:fs';
import { describeContract, type Skill } from '@switchboard/contract';
import { contractProblems } from '@switchboard/testkit/skill-problems';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it, test } from 'vitest';
import { createCollector, withDefinitions } from '../src/openapi/collect-schema.ts';
import { isRecord } from '../src/openapi/json.ts';
import { loadTestApi } from './load.ts';
import { petDocument } from './pet-api.ts';
import { circular, github, starTrek, trains } from './strangers.ts';

const documents = [
  ['small', trains, 7],
  ['medium', starTrek, 120],
  ['large', github, 1223],
] as const;

/** What a test of hand-written skills also demands, but nobody can make of a document. */
const notOfDocuments = /^it has no example$|has no maximum$/;

function problemsOf(skill: Skill): string[] {
  return contractProblems(skill)
    .filter((problem) => !notOfDocuments.test(problem))
    .map((problem) => `${skill.contract.name}: ${problem}`);
}

describe('documents of strangers', () => {
  test.each(documents)(
    '%s: every operation is a sound skill, in less than five seconds',
    async (_, document, count) => {
      const cpu = process.cpuUsage();
      const { skills, leftOut } = await loadTestApi({ document });
      const { user, system } = process.cpuUsage(cpu);
      const seconds = (user + system) / 1e6;
      // Of processor time: what else runs on the machine does not count.
      expect(seconds).toBeLessThan(5);
      expect(skills.length + leftOut.length).toBe(count);
      expect(leftOut.length).toBeLessThan(5);
      expect(new Set(skills.map(({ contract }) => contract.name)).size).toBe(skills.length);
      expect(skills.flatMap(problemsOf)).toEqual([]);
      const ajv = new Ajv2020({ strict: false, validateFormats: false });
      for (const { contract } of skills) {
        const { input, output } = describeContract(contract);
        expect(() => [ajv.validateSchema(input, true), ajv.validateSchema(output, true)]).not.toThrow();
      }
    },
  );

  it('keep their circles as references', async () => {
    const document = JSON.parse(readFileSync(circular, 'utf8'));
    const collector = createCollector(document, 'output');
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    for (const name of Object.keys(document.components.schemas)) {
      const schema = collector.collect({ $ref: `#/components/schemas/${name}` });
      if (isRecord(schema)) ajv.compile(withDefinitions(schema, collector.$defs));
    }
    expect(Object.keys(collector.$defs).length).toBeGreaterThan(3);
  });
});

const { paths } = petDocument;
const without = (path: string, method: string, key: string) => {
  const copy = structuredClone(petDocument) as unknown as Record<string, Record<string, Record<string, object>>>;
  Reflect.deleteProperty(copy['paths']?.[path]?.[method] ?? {}, key);
  return copy;
};

describe('a document', () => {
  test.each([
    [
      { swagger: '2.0', info: { title: 'x', version: '1' }, paths },
      'is Swagger 2.0; only OpenAPI 3.0 and 3.1 are read',
    ],
    [{ ...petDocument, openapi: '3.2.0' }, 'is OpenAPI 3.2.0; only 3.0 and 3.1 are read'],
    [{ hello: 'world' }, 'does not say which OpenAPI it is'],
    [{ ...petDocument, paths: {} }, 'the document has no operations'],
    [{ ...petDocument, info: undefined }, "not valid: must have required property 'info'"],
    [{ ...petDocument, servers: [] }, 'names no server: give `server`'],
    [{ ...petDocument, servers: [{ url: '/v1' }] }, "the document's server /v1 is no whole address: give `server`"],
    [{ ...petDocument, components: {} }, "Can't resolve reference: #/components/schemas/Pet"],
    [without('/photos/{petId}', 'get', 'parameters'), '"petId" needs to be defined as a path parameter'],
    ['nowhere.json', 'document: nowhere.json cannot be read'],
    ['https://pets.example.com/openapi.json', 'is an address: download it'],
  ])('that cannot be used is one line: %j', async (document, line) => {
    const loading = loadTestApi({ document });
    await expect(loading).rejects.toMatchObject({ name: 'ApiProblem', message: expect.stringContaining(line) });
    await expect(loading).rejects.not.toMatchObject({ message: expect.stringContaining('\n') });
  });

  it('that is no YAML is one line', async () => {
    const loading = loadTestApi({ document: 'pets.json' }, { files: { 'pets.json': '{"openapi": [}' } });
    await expect(loading).rejects.toMatchObject({
      message: expect.stringMatching(/^pets\.json cannot be read: [^\n]+$/),
    });
  });

  it('that lies in several files is one line', async () => {
    const schema = { $ref: './pet.yaml#/Pet' };
    const responses = { 200: { description: 'a pet', content: { 'application/json': { schema } } } };
    const loading = loadTestApi({ document: { ...petDocument, paths: { '/pets': { get: { responses } } } } });
    await expect(loading).rejects.toMatchObject({ message: expect.stringContaining('bundle it into one file') });
  });

  it('with one operationId twice is one line, unless only one of them is chosen', async () => {
    const twice = { '/a': { get: { ...paths['/pets'].get } }, '/b': { get: { ...paths['/pets'].get } } };
    const document = { ...petDocument, paths: twice };
    const line = 'the operationId listPets is there twice: GET /a and GET /b';
    await expect(loadTestApi({ document })).rejects.toMatchObject({ message: line });
    const { skills } = await loadTestApi({ document, select: { paths: ['/b'] } });
    expect(skills.map(({ contract }) => contract.name)).toEqual(['list-pets']);
  });

  it('without operationIds is named by its paths', async () => {
    const { skills } = await loadTestApi({ select: { paths: ['/photos/*'] } });
    expect(skills.map(({ contract }) => contract.name)).toEqual(['get-pets-photo']);
  });

  it('may be wrong where it is not in use', async () => {
    const document = { ...petDocument, paths: { ...paths, '/broken': { get: { parameters: 'none' } } } };
    await expect(loadTestApi({ document })).rejects.toMatchObject({ message: expect.stringContaining('/broken/get') });
    expect((await loadTestApi({ document, select: { tags: ['pets'] } })).skills).toHaveLength(4);
  });

  it('has operations that cannot be called from here: they are left out, and an error when they were asked for', async () => {
    const { leftOut } = await loadTestApi({});
    expect(leftOut).toEqual(['POST /photos/{petId}: a body of image/png cannot be sent']);
    const asked = loadTestApi({ select: { operations: ['addPhoto'] } });
    await expect(asked).rejects.toMatchObject({ message: 'POST /photos/{petId}: a body of image/png cannot be sent' });
  });
});

test('what an API answers is somebody else’s text, of every skill', async () => {
  const { skills } = await loadTestApi({});
  expect(skills.length).toBeGreaterThan(3);
  expect(skills.filter(({ contract }) => contract.ingests !== 'untrusted')).toEqual([]);
});

describe('the file of the operator', () => {
  test.each([
    [{ select: { operations: ['listCats'] } }, 'has no operation listCats'],
    [{ operations: { listCats: {} } }, 'has no operation listCats'],
    [{ select: { tags: ['cats'] } }, 'no operation has the tag cats'],
    [{ select: { paths: ['/cats/*'] } }, 'no operation has the path /cats/*'],
    [{ select: {} }, 'chooses nothing'],
    [{ operations: { addPhoto: {} } }, 'a body of image/png cannot be sent'],
    [{ operations: { createPet: { effect: 'read' } } }, 'its effect is external, and can be made graver, never read'],
    [{ operations: { deletePet: { effect: 'external' } } }, 'its effect is destructive'],
    [{ operations: { listPets: { name: 'a-b' }, getPet: { name: 'a-b' } } }, 'another skill is named a-b already'],
    [{ operations: { listPets: { name: 'List Pets' } } }, 'operations.listPets.name: must be lower-case words'],
    [{ idempotency: 'Authorization' }, 'idempotency: must be a header for keys'],
    [{ server: 'ftp://pets' }, 'server: '],
    [{ server: 'https://anna:secret@pets.example.com' }, 'secrets belong into a file'],
    [{ auth: { type: 'bearer', token: 'canary' } }, 'auth.file: '],
    [{ auth: { type: 'bearer', file: 's' } }, 'no document of somebody else decides where a secret goes'],
    [{ utterances: [] }, 'Unrecognized key'],
  ])('%j is one line', async (overlay, line) => {
    const loading = loadTestApi(overlay);
    await expect(loading).rejects.toMatchObject({ name: 'ApiProblem', message: expect.stringContaining(line) });
    await expect(loading).rejects.not.toMatchObject({ message: expect.stringContaining('canary') });
  });

  it('says what operations are called, and makes effects graver', async () => {
    const { skill, skills } = await loadTestApi({
      title: 'Our pets',
      select: { operations: ['listPets'], paths: ['/pets/*'] },
      operations: {
        listPets: { name: 'show-pets', title: 'Our pets', utterances: ['who lives here'], effect: 'external' },
        'get /pets/{petId}': { name: 'look-at-pet' },
      },
    });
    expect(skills).toHaveLength(3);
    const { contract } = skill('show-pets');
    expect(contract).toMatchObject({ title: 'Our pets', repeat: 'once', effects: [{ class: 'external', on: 'api' }] });
    expect(contract.utterances[0]).toBe('who lives here');
    expect(contract.utterances.length).toBeGreaterThan(8);
    expect(skill('look-at-pet').contract.repeat).toBe('safe');
    expect(skill('delete-pets-pet').contract.effects).toEqual([{ class: 'destructive', on: 'api' }]);
  });

  it('that changes makes another version; the same makes the same', async () => {
    const version = async (overlay: object) => (await loadTestApi({ ...overlay })).skill('list-pets').contract.version;
    const first = await version({});
    expect(await version({})).toBe(first);
    expect(await version({ operations: { listPets: { utterances: ['who lives here'] } } })).not.toBe(first);
    expect(await version({ timeoutMs: 1_000 })).not.toBe(first);
  });
});
