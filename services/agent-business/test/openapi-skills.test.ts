// What a person reads and says: pages put together, requests shown before they are sent, answers that read well.
import { describe, expect, it, test } from 'vitest';
import { sayJson } from '../src/openapi/say-json.ts';
import { loadTestApi } from './load.ts';
import { answerJson, type Behave, startPetApi } from './pet-api.ts';

const pets = (from: number, count: number) =>
  Array.from({ length: count }, (_, at) => ({ id: from + at, name: `Pet ${from + at}` }));
const pageOf = (url: string) => Number(new URL(url, 'http://x').searchParams.get('page') ?? 1);

/** Three pages of two, linked as RFC 8288 has it. */
const linked: Behave = ({ url }, answer) => {
  const page = pageOf(url);
  const link = page < 3 ? { link: `</v1/pets?page=1>; rel="first", <?page=${page + 1}>; rel="next"` } : {};
  answerJson(answer, 200, pets(page * 10, 2), link);
};

describe('pages', () => {
  it('that are linked are put together, without a setting', async () => {
    const api = await startPetApi(linked);
    const { output, text } = await (await loadTestApi({ server: api.url })).run('list-pets', {});
    expect(output).toMatchObject({ answer: 'as-described', pages: 3, more: false });
    expect(output['data']).toMatchObject([10, 11, 20, 21, 30, 31].map((id) => ({ id })));
    expect(text).toContain('6 items:');
  });

  it('are not followed by who asks for one of them', async () => {
    const api = await startPetApi(linked);
    await (await loadTestApi({ server: api.url })).run('list-pets', { page: 2 });
    expect(api.seen).toHaveLength(1);
  });

  it('are not followed to another server, nor out of the API', async () => {
    const other = await startPetApi();
    for (const address of [`${other.url}/pets`, '/admin', 'javascript:x']) {
      const api = await startPetApi((_, answer) =>
        answerJson(answer, 200, pets(1, 2), { link: `<${address}>; rel=next` }),
      );
      const { output } = await (await loadTestApi({ server: api.url })).run('list-pets', {});
      expect(output).toEqual({ status: 200, answer: 'as-described', data: pets(1, 2), more: true });
      expect(api.seen).toHaveLength(1);
    }
    expect(other.seen).toEqual([]);
  });

  it('by a cursor in the answer', async () => {
    const document = listDocument({ type: 'object', properties: { data: { type: 'array', items: {} } } });
    const api = await startPetApi(({ url }, answer) => {
      const after = new URL(url, 'http://x').searchParams.get('after');
      answerJson(answer, 200, { data: [after ?? 'first'], meta: { next: after === null ? 'second' : null } });
    });
    const pagination = { style: 'cursor', parameter: 'after', field: 'meta.next' };
    const { output } = await (await loadTestApi({ document, server: api.url, pagination })).run('list-pets-things', {});
    expect(output).toMatchObject({ data: { data: ['first', 'second'] }, pages: 2, more: false });
  });

  it('by number, until one is shorter', async () => {
    const document = listDocument({ type: 'object', properties: { data: { type: 'array', items: {} } } });
    const api = await startPetApi(({ url }, answer) => {
      answerJson(answer, 200, { other: [], data: pageOf(url) < 3 ? [1, 2] : [3] });
    });
    const pagination = { style: 'page', parameter: 'page' };
    const operations = { 'GET /things': { items: 'data' } };
    const { run } = await loadTestApi({ document, server: api.url, pagination, operations });
    expect((await run('list-pets-things', {})).output).toMatchObject({ data: { data: [1, 2, 1, 2, 3] }, pages: 3 });
  });

  it('without an end stop at the limit, and say that there is more', async () => {
    const api = await startPetApi(({ url }, answer) =>
      answerJson(answer, 200, pets(1, 1), { link: `<?page=${pageOf(url) + 1}>; rel=next` }),
    );
    const { output, text } = await (await loadTestApi({ server: api.url })).run('list-pets', {});
    expect(output).toMatchObject({ pages: 10, more: true });
    expect(text).toContain('There is more than this');
    expect(api.seen).toHaveLength(10);
  });

  it('that go round in a circle stop', async () => {
    const api = await startPetApi((_, answer) => answerJson(answer, 200, pets(1, 1), { link: '</v1/pets>; rel=next' }));
    const { output } = await (await loadTestApi({ server: api.url })).run('list-pets', {});
    expect(output).toEqual({ status: 200, answer: 'as-described', data: pets(1, 1) });
    expect(api.seen).toHaveLength(1);
  });

  it('of which one fails are those before it', async () => {
    const api = await startPetApi(({ url }, answer, number) =>
      pageOf(url) === 2
        ? answerJson(answer, 500, {})
        : linked({ url, method: '', headers: {}, body: '' }, answer, number),
    );
    const { output } = await (await loadTestApi({ server: api.url })).run('list-pets', {});
    expect(output).toMatchObject({ data: [{ id: 10 }, { id: 11 }], more: true });
  });
});

function listDocument(schema: unknown): object {
  const responses = { 200: { description: 'things', content: { 'application/json': { schema } } } };
  const info = { title: 'Things', version: '1' };
  return { openapi: '3.1.0', info, paths: { '/things': { get: { responses } } } };
}

describe('before it is done', () => {
  it('a person reads where it goes and all that is sent', async () => {
    const { skill } = await loadTestApi({ server: 'https://pets.example.com/v1' });
    const { ask } = skill('create-pets-pet').contract;
    expect(ask?.({ name: 'Rex\n  status: "free"\u202e', status: 'x'.repeat(5_000) })).toBe(
      [
        'Create a pet (Pets)',
        'POST https://pets.example.com/v1/pets',
        'with',
        String.raw`  name: "Rex\n  status: \"free\"\u{202e}"`,
        `  status: "${'x'.repeat(5_000)}"`,
      ].join('\n'),
    );
  });

  it('they are told that it cannot be undone', async () => {
    const { skill } = await loadTestApi({});
    expect(skill('delete-pets-pet').contract.ask?.({ petId: 'a/b' })).toBe(
      'Delete a pet (Pets): this cannot be undone\nDELETE https://pets.example.com/v1/pets/a%2Fb\nwith\n  petId: "a/b"',
    );
  });

  it('a look is not asked about, and a password is not told', async () => {
    const { skill } = await loadTestApi({});
    expect(skill('list-pets').contract.ask).toBeUndefined();
    expect(skill('create-pets-pet').contract.redact).toEqual(['password']);
  });
});

describe('an input', () => {
  test.each([
    [{}, 'name'],
    [{ name: 7 }, 'name must be string'],
    [{ name: 'Rex', id: 7 }, 'must NOT have additional properties (id)'],
    [{ name: 'Rex', color: 'red' }, 'must NOT have additional properties (color)'],
    [{ name: 'x'.repeat(20_001) }, 'must NOT have more than 20000 characters'],
  ])('%j does not fit', async (input, problem) => {
    const { input: schema } = (await loadTestApi({})).skill('create-pets-pet').contract;
    expect(schema.safeParse(input).error?.message).toContain(problem);
  });

  it('may be what the document calls nullable', async () => {
    const { input } = (await loadTestApi({})).skill('create-pets-pet').contract;
    expect(input.safeParse({ name: 'Rex', status: null }).success).toBe(true);
  });
});

describe('JSON reads as', () => {
  test.each([
    [[], 'There is nothing.'],
    [['a', 'b'], '2 items:\n  a\n  b'],
    [{ a: 1, b: null, c: { id: 3, name: 'x' }, d: [1, 2] }, '  a: 1\n  c: x\n  d: 1, 2'],
    ['a\u001b[2Jb', 'a\\u{1b}[2Jb'],
    [42, '42'],
    [{}, 'There is nothing in it.'],
  ])('%j', (value, text) => {
    expect(sayJson(value)).toBe(text);
  });

  it('a table, with what things are known by first', () => {
    const rows = [
      { url: 'https://x', color: 'red', name: 'Rex', id: 7, more: { a: 1 } },
      { url: 'https://y', color: 'blue', name: 'Bello', id: 12, more: {} },
    ];
    expect(sayJson({ total: 2, rows })).toBe(
      ['  total: 2', '  rows:', '  id  name   color', '  7   Rex    red', '  12  Bello  blue'].join('\n'),
    );
  });

  it('few lines, however much there is', () => {
    const large = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`field${at}`, 'x'.repeat(9_000)]));
    for (const value of [large, Array.from({ length: 500 }, () => large), { rows: [large, large] }]) {
      expect(sayJson(value).split('\n').length).toBeLessThan(60);
      expect(sayJson(value).length).toBeLessThan(12_000);
    }
  });
});
