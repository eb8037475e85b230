// What an API gets, how often, and where to, over real HTTP: also when it refuses, is silent or sends elsewhere.
import { invocationId } from '@switchboard/contract';
import { describe, expect, it, test } from 'vitest';
import { loadTestApi } from './load.ts';
import { answerJson, startPetApi } from './pet-api.ts';

const rex = { id: 7, name: 'Rex', status: 'free' };
const turn = '0197a000-0000-7000-8000-000000000001';

describe('a request', () => {
  it('is made of the input, with the secret of the file as it is now', async () => {
    const api = await startPetApi((_, answer) => answerJson(answer, 201, rex));
    const { run } = await loadTestApi(
      { server: api.url, auth: { type: 'bearer', file: 'secrets/pets' } },
      { files: { 'secrets/pets': 'canary\n' } },
    );
    const { output, text } = await run('create-pets-pet', { name: 'Rex', status: 'free' });
    expect(api.seen).toMatchObject([{ method: 'POST', url: '/v1/pets', body: '{"name":"Rex","status":"free"}' }]);
    expect(api.seen[0]?.headers).toMatchObject({
      authorization: 'Bearer canary',
      'content-type': 'application/json',
    });
    expect(output).toEqual({ status: 201, answer: 'as-described', data: rex });
    expect(text).toContain('name: Rex');
    expect(JSON.stringify({ output, text })).not.toContain('canary');
  });

  test.each([
    [{ type: 'basic', user: 'anna', file: 's' }, { authorization: `Basic ${btoa('anna:canary')}` }],
    [{ type: 'header', name: 'X-Api-Key', file: 's' }, { 'x-api-key': 'canary' }],
  ])('signs in with %j', async (auth, headers) => {
    const api = await startPetApi((_, answer) => answerJson(answer, 200, [rex]));
    const { run } = await loadTestApi({ server: api.url, auth }, { files: { s: 'canary' } });
    await run('list-pets', { status: ['free', 'sold'] });
    expect(api.seen[0]).toMatchObject({ url: '/v1/pets?status=free&status=sold', headers });
  });

  it('has the key in its address where the API wants it there', async () => {
    const api = await startPetApi((_, answer) => answerJson(answer, 200, [rex]));
    const auth = { type: 'query', name: 'api_key', file: 's' };
    const { run } = await loadTestApi({ server: api.url, auth }, { files: { s: 'canary' } });
    await run('list-pets', {});
    expect(api.seen[0]?.url).toBe('/v1/pets?api_key=canary');
  });

  test.each(['..', '.', ''])('never leaves its API: %j is no pet', async (petId) => {
    const api = await startPetApi();
    const { run } = await loadTestApi({ server: api.url });
    await expect(run('get-pets-pet', { petId })).rejects.toMatchObject({ reason: 'not-accepted' });
    expect(api.seen).toEqual([]);
  });

  it('encodes what would be read as something else', async () => {
    const api = await startPetApi((_, answer) => answerJson(answer, 200, rex));
    const { run } = await loadTestApi({ server: api.url });
    await run('get-pets-pet', { petId: '../../admin?x=1#y\r\nz' });
    expect(api.seen[0]?.url).toBe('/v1/pets/..%2F..%2Fadmin%3Fx%3D1%23y%0D%0Az');
  });

  it('without its secret is not made, and the reason names the file', async () => {
    const api = await startPetApi();
    const { run } = await loadTestApi({ server: api.url, auth: { type: 'bearer', file: 'nowhere' } });
    await expect(run('list-pets', {})).rejects.toMatchObject({
      reason: 'no-secret',
      message: expect.stringContaining('nowhere'),
    });
    expect(api.seen).toEqual([]);
  });
});

describe('a refusal', () => {
  test.each([
    [400, 'not-accepted'],
    [401, 'not-signed-in'],
    [403, 'not-allowed'],
    [404, 'not-found'],
    [409, 'conflict'],
    [418, 'not-accepted'],
    [422, 'not-accepted'],
    [429, 'rate-limited'],
    [500, 'api-failed'],
    [501, 'api-failed'],
  ])('%i is %s, with what the API says of it', async (status, reason) => {
    const api = await startPetApi((_, answer) => answerJson(answer, status, { detail: 'no\u001b[2J such pet' }));
    const { run } = await loadTestApi({ server: api.url });
    const refused = { code: 'skill-failed', reason, message: expect.stringContaining('no\\u{1b}[2J such pet') };
    await expect(run('create-pets-pet', { name: 'Rex' })).rejects.toMatchObject(refused);
  });

  it('that is a page for people is named by its title', async () => {
    const page = '<html><head><title>Sign in</title></head><script>x</script></html>';
    const api = await startPetApi((_, answer) => answer.writeHead(403, { 'content-type': 'text/html' }).end(page));
    const { run } = await loadTestApi({ server: api.url });
    await expect(run('list-pets', {})).rejects.toMatchObject({ message: expect.stringMatching(/says: Sign in$/) });
  });
});

describe('no answer', () => {
  it('to a look is a failure, after it was tried again', async () => {
    const api = await startPetApi((_, answer) => answer.destroy());
    const { run } = await loadTestApi({ server: api.url });
    await expect(run('list-pets', {})).rejects.toMatchObject({ reason: 'no-answer' });
    expect(api.seen).toHaveLength(4);
  });

  test.each([
    ['the connection ends', 30_000],
    ['nothing comes in time', 150],
  ])('to a deed, because %s, is a doubt: it is asked once', async (_, timeoutMs) => {
    const api = await startPetApi((_seen, answer) => timeoutMs > 1000 && answer.destroy());
    const { run } = await loadTestApi({ server: api.url, timeoutMs });
    await expect(run('create-pets-pet', { name: 'Rex' })).rejects.toMatchObject({ code: 'outcome-unknown' });
    await expect(run('delete-pets-pet', { petId: '7' })).rejects.toMatchObject({ code: 'outcome-unknown' });
    expect(api.seen.map(({ method }) => method)).toEqual(['POST', 'DELETE']);
  });

  test.each([502, 504])('%i of something in between leaves the same doubt', async (status) => {
    const api = await startPetApi((_, answer) => answerJson(answer, status, {}));
    const { run } = await loadTestApi({ server: api.url });
    await expect(run('create-pets-pet', { name: 'Rex' })).rejects.toMatchObject({ code: 'outcome-unknown' });
    expect(api.seen).toHaveLength(1);
  });

  it('where nobody listens is a plain failure: nothing was sent', async () => {
    const { run } = await loadTestApi({ server: 'http://127.0.0.1:1/v1' });
    await expect(run('create-pets-pet', { name: 'Rex' })).rejects.toMatchObject({ reason: 'unreachable' });
  });
});

describe('a key', () => {
  it('makes a deed that may be sent again, with one key for all attempts of a step', async () => {
    const api = await startPetApi((_, answer, number) =>
      number < 3 ? answer.destroy() : answerJson(answer, 201, rex),
    );
    const { run, skill } = await loadTestApi({ server: api.url, idempotency: 'Idempotency-Key' });
    expect(skill('create-pets-pet').contract.repeat).toBe('idempotent');
    await run('create-pets-pet', { name: 'Rex' }, { invocationId: invocationId(turn, 2, 1) });
    await run('create-pets-pet', { name: 'Rex' }, { invocationId: invocationId(turn, 2, 9) });
    const keys = api.seen.map(({ headers }) => headers['idempotency-key']);
    expect(keys).toEqual(Array.from({ length: 4 }, () => `${turn}-2`));
  });
});

describe('Retry-After', () => {
  test.each([429, 503])('is waited for, also before a deed: %i says that nothing was done', async (status) => {
    const began = Date.now();
    const api = await startPetApi((_, answer, number) =>
      number === 1 ? answerJson(answer, status, {}, { 'retry-after': '1' }) : answerJson(answer, 201, rex),
    );
    const { run } = await loadTestApi({ server: api.url });
    expect((await run('create-pets-pet', { name: 'Rex' })).output).toMatchObject({ status: 201 });
    expect(Date.now() - began).toBeGreaterThanOrEqual(1000);
  });

  it('past the deadline is not waited for, and told', async () => {
    const api = await startPetApi((_, answer) => answerJson(answer, 429, {}, { 'retry-after': '3600' }));
    const { run } = await loadTestApi({ server: api.url });
    const refused = { reason: 'rate-limited', message: expect.stringContaining('again in 3600 s') };
    await expect(run('list-pets', {})).rejects.toMatchObject(refused);
    expect(api.seen).toHaveLength(1);
  });

  it('is not there with 503: a deed is not tried again', async () => {
    const api = await startPetApi((_, answer) => answerJson(answer, 503, {}));
    const { run } = await loadTestApi({ server: api.url });
    await expect(run('create-pets-pet', { name: 'Rex' })).rejects.toMatchObject({ reason: 'api-failed' });
    expect(api.seen).toHaveLength(1);
  });
});

describe('a redirect', () => {
  it('within the server is followed by a look, with the credentials', async () => {
    const api = await startPetApi(({ url }, answer) =>
      url === '/v1/pets/7' ? answer.writeHead(302, { location: '/v1/pets/8' }).end() : answerJson(answer, 200, rex),
    );
    const auth = { type: 'bearer', file: 's' };
    const { run } = await loadTestApi({ server: api.url, auth }, { files: { s: 'canary' } });
    await run('get-pets-pet', { petId: '7' });
    expect(api.seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer canary', 'Bearer canary']);
  });

  it('to another server is not followed, whoever it is', async () => {
    const other = await startPetApi();
    const api = await startPetApi((_, answer) => answer.writeHead(307, { location: `${other.url}/pets` }).end());
    const { run } = await loadTestApi({ server: api.url });
    for (const call of [run('list-pets', {}), run('create-pets-pet', { name: 'Rex' })]) {
      await expect(call).rejects.toMatchObject({ reason: 'redirected' });
    }
    expect(other.seen).toEqual([]);
  });

  it('without an end is given up', async () => {
    const api = await startPetApi((_, answer) => answer.writeHead(302, { location: '/v1/pets' }).end());
    const { run } = await loadTestApi({ server: api.url });
    await expect(run('list-pets', {})).rejects.toMatchObject({ reason: 'redirected' });
    expect(api.seen).toHaveLength(6);
  });
});

describe('the wall', () => {
  test.each([
    'http://127.0.0.1:8080',
    'http://[::1]:8080',
    'http://[::ffff:10.0.0.1]',
    'http://169.254.169.254/latest',
    'http://2130706433',
    'http://0x7f.1',
    'http://192.168.1.1',
    'http://100.64.0.1',
    'http://localhost:8080',
  ])('%s in a document of strangers is not gone to', async (url) => {
    const { petDocument } = await import('./pet-api.ts');
    const { run } = await loadTestApi({ document: { ...petDocument, servers: [{ url }] } });
    await expect(run('list-pets', {})).rejects.toMatchObject({ reason: 'address-refused' });
  });
});
