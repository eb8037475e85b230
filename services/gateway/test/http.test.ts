// Bad input over HTTP: a clear problem, and nothing half done.
import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { bodyBytesMax, problemSchema } from '@switchboard/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { agentName, type Stage, skillDocument, stage } from './fixture.ts';

let on: Stage;
let session: string;
beforeAll(async () => {
  on = await stage({ TURNS_QUEUED_MAX: '3' });
  session = await on.session();
});
afterAll(() => on?.close());

const key = () => ({ 'idempotency-key': randomUUID() });
const turns = (id = session) => `/v1/sessions/${id}/turns`;

async function problem(response: Response): Promise<string> {
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const parsed = problemSchema.parse(await response.json());
  expect(parsed.status).toBe(response.status);
  return parsed.code;
}

test.each([
  ['malformed JSON', '{"input": ', 400, 'invalid-request'],
  ['no JSON at all', 'hello', 400, 'invalid-request'],
  ['an unknown field', { input: 'x', hurry: true }, 400, 'invalid-request'],
  ['a wrong type', { input: 5 }, 400, 'invalid-request'],
  ['an array', [], 400, 'invalid-request'],
  ['an empty message', { input: '' }, 400, 'invalid-request'],
  ['a blank message', { input: ' \n ' }, 400, 'invalid-request'],
  ['a message over 10,000 characters', { input: 'x'.repeat(10_001) }, 400, 'invalid-request'],
  ['control characters', { input: 'a\u0000b\u001b[2J' }, 400, 'invalid-request'],
  ['half of a surrogate pair', { input: 'a\ud83d' }, 400, 'invalid-request'],
  ['a NUL in an argument', { input: 'x', arguments: { text: ['a\u0000'] } }, 400, 'invalid-request'],
  ['a body over the limit', { input: 'x', arguments: { a: 'x'.repeat(bodyBytesMax) } }, 413, 'too-large'],
])('%s', async (_, body, status, code) => {
  const response = await on.call('POST', turns(), body, key());
  expect(response.status).toBe(status);
  expect(await problem(response)).toBe(code);
});

test('who opens the bare address is led to the reference', async () => {
  const response = await fetch(`${on.url}/`, { redirect: 'manual' });
  expect([response.status, response.headers.get('location')]).toEqual([302, '/docs']);
});

test('nothing of all that was kept', async () => {
  const response = await on.call('GET', `/v1/sessions/${session}`);
  expect(await response.json()).toMatchObject({ messages: [] });
});

test.each([
  ['10,000 characters', 'x'.repeat(10_000)],
  ['right-to-left text', 'اقرأ الملف ‏notes.txt'],
  ['emoji and combining marks', '👩‍👩‍👧 é ﷽'],
  ['tabs and line ends', 'a\tb\r\nc'],
])('%s is taken as it is', async (_, input) => {
  const own = await on.session();
  const response = await on.call('POST', turns(own), { input }, key());
  expect(response.status).toBe(202);
  expect(await response.json()).toMatchObject({ input });
});

test('a session that is not there, or is no id, is 404 or 400', async () => {
  const missing = await on.call('POST', turns(randomUUID()), { input: 'x' }, key());
  expect([missing.status, await problem(missing)]).toEqual([404, 'not-found']);
  const nonsense = await on.call('GET', '/v1/turns/..%2f..%2fetc');
  expect([nonsense.status, await problem(nonsense)]).toEqual([400, 'invalid-request']);
  const nowhere = await on.call('GET', '/v1/nothing');
  expect([nowhere.status, await problem(nowhere)]).toEqual([404, 'not-found']);
});

test('another media type is refused', async () => {
  const response = await on.call('POST', turns(), 'input=x', { ...key(), 'content-type': 'text/plain' });
  expect([response.status, await problem(response)]).toEqual([415, 'unsupported-media-type']);
});

test('a key is needed, and an unknown one opens nothing', async () => {
  const none = await fetch(`${on.url}/v1/sessions`);
  expect([none.status, await problem(none)]).toEqual([401, 'unauthenticated']);
  const wrong = await fetch(`${on.url}/v1/sessions`, { headers: { authorization: 'Bearer sb_x_y' } });
  expect([wrong.status, await problem(wrong)]).toEqual([401, 'unauthenticated']);
});

/** `fetch` does not let a test set the Host header. */
function rawStatus(headers: string): Promise<string> {
  const { hostname, port } = new URL(on.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.end(`GET /healthz HTTP/1.1\r\n${headers}\r\n\r\n`));
    let text = '';
    socket.on('data', (data) => {
      text += data.toString();
    });
    socket.on('end', () => resolve(text.slice(9, 12)));
    socket.on('error', reject);
  });
}

test('a name that is not ours and a page of another origin are refused', async () => {
  const { port } = new URL(on.url);
  expect(await rawStatus(`Host: evil.example:${port}`)).toBe('403');
  expect(await rawStatus(`Host: localhost:${port}\r\nOrigin: http://evil.example`)).toBe('403');
  expect(await rawStatus(`Host: localhost:${port}`)).toBe('200');
});

test('a turn needs an idempotency key; the same one makes one turn, with another body it is refused', async () => {
  const without = await on.call('POST', turns(), { input: 'x' });
  expect([without.status, await problem(without)]).toEqual([400, 'idempotency-key-missing']);
  const own = await on.session();
  const headers = key();
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => on.call('POST', turns(own), { input: 'x' }, headers)),
  );
  const ids = new Set(await Promise.all(answers.map(async (answer) => ((await answer.json()) as { id: string }).id)));
  expect(ids.size).toBe(1);
  expect(answers.filter((answer) => answer.headers.get('idempotent-replayed') === 'true')).toHaveLength(19);
  const other = await on.call('POST', turns(own), { input: 'y' }, headers);
  expect([other.status, await problem(other)]).toEqual([422, 'idempotency-mismatch']);
});

test('a full session says so, and when to come back', async () => {
  const own = await on.session();
  // Without a router the first is worked on and the rest wait.
  const responses: Response[] = [];
  for (let index = 0; index < 6; index++) responses.push(await on.call('POST', turns(own), { input: 'x' }, key()));
  const last = responses.at(-1);
  expect(last?.status).toBe(429);
  expect(Number(last?.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(responses.filter((response) => response.status === 202).length).toBeGreaterThanOrEqual(3);
});

test('more open turns than there may be are refused with 503, and when to come back', async () => {
  const small = await stage({ TURNS_OPEN_MAX: '2' });
  try {
    const responses: Response[] = [];
    for (let index = 0; index < 3; index++) {
      responses.push(await small.call('POST', turns(await small.session()), { input: 'x' }, key()));
    }
    expect(responses.map((response) => response.status)).toEqual([202, 202, 503]);
    const last = responses[2];
    expect(Number(last?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(last && (await problem(last))).toBe('overloaded');
  } finally {
    await small.close();
  }
});

test('an answer to nothing, and one of the wrong kind, are told apart', async () => {
  const own = await on.session();
  const response = await on.call('POST', turns(own), { input: 'x' }, key());
  const { id } = (await response.json()) as { id: string };
  const early = await on.call('POST', `/v1/turns/${id}/answer`, { approve: true });
  expect([early.status, await problem(early)]).toEqual([409, 'conflict']);
  const wrong = await on.call('POST', `/v1/turns/${id}/answer`, { maybe: true });
  expect([wrong.status, await problem(wrong)]).toEqual([400, 'invalid-request']);
});

test('two agents with one skill, and one version with two contracts, are refused and reported', async () => {
  const look = skillDocument('look', 'safe');
  on.agent.arrive([look]);
  await expect.poll(async () => (await on.call('GET', '/v1/skills/look')).status).toBe(200);
  on.agent.arrive([{ ...look, title: 'Another', contractHash: '0'.repeat(64) }]);
  await expect
    .poll(async () => (await (await on.call('GET', '/v1/agents')).json()) as object)
    .toMatchObject({ agents: [{ name: agentName, unavailable: [{ skill: 'look' }] }] });
  // Saying it again does not make it so; a new version does.
  on.agent.arrive([{ ...look, title: 'Another', contractHash: '0'.repeat(64) }]);
  const raised = skillDocument('look-again', 'safe');
  on.agent.arrive([{ ...look, title: 'Another', contractHash: '0'.repeat(64) }, raised]);
  await expect.poll(async () => (await on.call('GET', '/v1/skills/look-again')).status).toBe(200);
  expect((await on.call('GET', '/v1/skills/look')).status).toBe(404);
  on.agent.arrive([{ ...look, version: '1.0.1', contractHash: '1'.repeat(64) }]);
  await expect.poll(async () => (await on.call('GET', '/v1/skills/look')).status).toBe(200);
});

test('the events of a session come in order, and resume where a client left', async () => {
  const own = await on.session();
  await on.call('POST', turns(own), { input: 'x' }, key());
  const read = async (after: number, count: number): Promise<number[]> => {
    const stop = new AbortController();
    const response = await on.call('GET', `/v1/sessions/${own}/events`, undefined, { 'last-event-id': String(after) });
    const ids: number[] = [];
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      ids.splice(0, ids.length, ...[...text.matchAll(/^id: (\d+)$/gm)].map((match) => Number(match[1])));
      if (ids.length >= count) break;
    }
    stop.abort();
    return ids;
  };
  expect(await read(0, 2)).toEqual([1, 2]);
  expect(await read(1, 1)).toEqual([2]);
});

test('the API describes itself as OpenAPI 3.1', async () => {
  const document = (await (await fetch(`${on.url}/openapi.json`)).json()) as { openapi: string; paths: object };
  expect(document.openapi).toBe('3.1.0');
  expect(Object.keys(document.paths)).toContain('/v1/sessions/{id}/turns');
});
