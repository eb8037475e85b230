// The model server of the tests, against OpenAI's own client: what it writes is what that client reads.
import OpenAI, { APIConnectionError, APIError } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ModelSays, type ModelServer, startModelServer } from '../src/peers/model-server.ts';

const key = 'sk-of-the-tests';
const tools = [
  { type: 'function' as const, function: { name: 'read-file', description: 'Reads.', parameters: { type: 'object' } } },
];
const messages = [
  { role: 'system' as const, content: 'You are brief.' },
  { role: 'user' as const, content: 'Hello' },
];

describe('the model server and OpenAI’s client', () => {
  let server: ModelServer;
  let client: OpenAI;
  beforeAll(async () => {
    server = await startModelServer({ key, models: [{ name: 'small' }, { name: 'large' }] });
    client = new OpenAI({ apiKey: key, baseURL: server.openaiUrl, maxRetries: 0, logLevel: 'off' });
  });
  afterAll(() => server.close());

  const ask = () => client.chat.completions.create({ model: 'small', messages, tools });
  const stream = () =>
    client.chat.completions.create({
      model: 'small',
      messages,
      tools,
      stream: true,
      stream_options: { include_usage: true },
    });

  /** Everything that a stream says, put together. */
  async function heard(says: ModelSays) {
    server.answer(() => says);
    const all = { text: '', arguments: '', tools: [] as string[], finish: '', pieces: 0, tokens: 0 };
    for await (const { choices, usage } of await stream()) {
      const [choice] = choices;
      const { content, tool_calls: calls } = choice?.delta ?? {};
      if (content) [all.text, all.pieces] = [all.text + content, all.pieces + 1];
      for (const call of calls ?? []) {
        if (call.function?.name) all.tools.push(call.function.name);
        all.arguments += call.function?.arguments ?? '';
      }
      all.finish = choice?.finish_reason ?? all.finish;
      all.tokens = usage?.total_tokens ?? all.tokens;
    }
    return all;
  }

  it('answers whole, and tells the test what was asked', async () => {
    server.answer(() => ({ text: 'Good morning.' }));
    const { choices, usage } = await ask();
    expect(choices[0]).toMatchObject({ message: { content: 'Good morning.' }, finish_reason: 'stop' });
    expect(usage?.total_tokens).toBe((usage?.prompt_tokens ?? 0) + 4);
    const asked = server.asked.at(-1);
    expect(asked).toMatchObject({
      api: 'openai',
      model: 'small',
      stream: false,
      system: 'You are brief.',
      messages: [{ role: 'user', text: 'Hello' }],
      tools: [{ name: 'read-file', description: 'Reads.', input: { type: 'object' } }],
      toolChoice: 'auto',
      keyHeader: 'authorization',
    });
    const sent = JSON.stringify({ model: 'small', messages, tools });
    expect(asked?.promptBytes).toBe(Buffer.byteLength(sent));
  });

  it('streams text in pieces, with what was used at the end', async () => {
    const text = 'Grüße aus Köln, und ein Herz: 💛. '.repeat(8);
    const all = await heard({ text });
    expect(all).toMatchObject({ text, finish: 'stop', tools: [] });
    expect(all.pieces).toBe(Math.ceil(Array.from(text).length / 12));
    expect(all.tokens).toBeGreaterThan(60);
  });

  it('streams a call whose arguments come in pieces, two calls at once, and text before one', async () => {
    const call = { tool: 'read-file', arguments: { path: 'notes/a very long name.txt' } };
    expect(await heard({ call })).toMatchObject({
      tools: ['read-file'],
      arguments: JSON.stringify(call.arguments),
      finish: 'tool_calls',
    });
    expect(await heard({ calls: [call, { ...call, tool: 'list-files' }] })).toMatchObject({
      tools: ['read-file', 'list-files'],
    });
    expect(await heard({ text: 'I look.', call })).toMatchObject({ text: 'I look.', tools: ['read-file'] });
  });

  it('says invalid arguments, nothing, JSON of a format, and that it was cut off', async () => {
    expect(await heard({ call: { tool: 'read-file', arguments: '{"path":' } })).toMatchObject({
      arguments: '{"path":',
    });
    expect(await heard({ text: '' })).toMatchObject({ text: '', finish: 'stop' });
    expect(await heard({ json: { a: 1 } })).toMatchObject({ text: '{"a":1}' });
    expect(await heard({ text: 'Half of', stop: 'length' })).toMatchObject({ finish: 'length' });
    expect(await heard({ text: 'No.', stop: 'refused', usage: 'none' })).toMatchObject({
      finish: 'content_filter',
      tokens: 0,
    });
  });

  it('reads a conversation with a call and its result, and refuses one without its result', async () => {
    server.answer(() => ({ text: 'Done.' }));
    const call = { id: 'c1', type: 'function' as const, function: { name: 'read-file', arguments: '{"path":"a"}' } };
    const said = [...messages, { role: 'assistant' as const, content: null, tool_calls: [call] }];
    const result = { role: 'tool' as const, tool_call_id: 'c1', content: 'text of a' };
    await client.chat.completions.create({ model: 'small', messages: [...said, result] });
    expect(server.asked.at(-1)?.messages.slice(1)).toEqual([
      { role: 'assistant', text: '', calls: [{ id: 'c1', tool: 'read-file', arguments: { path: 'a' } }] },
      { role: 'tool', id: 'c1', text: 'text of a' },
    ]);
    await expect(client.chat.completions.create({ model: 'small', messages: said })).rejects.toThrow(
      /must be followed/,
    );
    await expect(client.chat.completions.create({ model: 'small', messages: [result] })).rejects.toThrow(
      /must be a response/,
    );
  });

  it.each([
    ['unauthorized', 401, 'invalid_api_key'],
    ['forbidden', 403, 'model_not_found'],
    ['rate-limited', 429, 'rate_limit_exceeded'],
    ['no-credit', 429, 'insufficient_quota'],
    ['broken', 500, null],
    ['overloaded', 503, null],
    ['context-too-long', 400, 'context_length_exceeded'],
    ['no-model', 404, 'model_not_found'],
  ] as const)('fails as %s', async (fault, status, code) => {
    server.answer(() => ({ fault, retryAfterSeconds: 7 }));
    const error = await ask().catch((thrown: unknown) => thrown);
    if (!(error instanceof APIError)) throw new Error(`not an APIError: ${error}`);
    expect([error.status, error.code, error.headers?.get('retry-after')]).toEqual([status, code, '7']);
  });

  it('refuses another key, and says it again', async () => {
    const stranger = client.withOptions({ apiKey: 'sk-wrong' });
    await expect(stranger.chat.completions.create({ model: 'small', messages })).rejects.toThrow(/sk-wrong/);
  });

  it('tries again when the client does', async () => {
    server.answer(({ retry }) => (retry === 0 ? { fault: 'rate-limited', retryAfterSeconds: 0 } : { text: 'Now.' }));
    const patient = client.withOptions({ maxRetries: 1 });
    const { choices } = await patient.chat.completions.create({ model: 'small', messages });
    expect(choices[0]?.message.content).toBe('Now.');
    expect(server.asked.slice(-2).map(({ retry }) => retry)).toEqual([0, 1]);
  });

  it('breaks in the middle, breaks at once, and says what is no JSON', async () => {
    await expect(heard({ text: 'x'.repeat(100), break: { after: 3, how: 'cut' } })).rejects.toThrow(/terminated/);
    await expect(heard({ text: 'x'.repeat(100), break: { after: 3, how: 'error' } })).rejects.toBeInstanceOf(APIError);
    await expect(heard({ text: 'x'.repeat(100), break: { after: 3, how: 'garbage' } })).rejects.toBeInstanceOf(
      SyntaxError,
    );
    server.answer(() => ({ fault: 'hang-up' }));
    await expect(ask()).rejects.toBeInstanceOf(APIConnectionError);
    server.answer(() => ({ fault: 'garbage' }));
    const open = await stream();
    await expect(open[Symbol.asyncIterator]().next()).rejects.toThrow(SyntaxError);
    await expect(ask()).rejects.toThrow(/JSON/);
  });

  it('never answers, and lets a client go that gives up', async () => {
    server.answer(() => ({ fault: 'never' }));
    const hasty = client.withOptions({ timeout: 100 });
    await expect(hasty.chat.completions.create({ model: 'small', messages })).rejects.toThrow(/timed out/);
    server.answer(() => ({ text: 'x'.repeat(100), break: { after: 2, how: 'stall' } }));
    const pieces = [];
    const open = await stream();
    for await (const piece of open) {
      pieces.push(piece);
      if (pieces.length === 3) open.controller.abort();
    }
    expect(pieces).toHaveLength(3);
  });

  it('lists its models, as OpenAI and as Ollama', async () => {
    expect((await client.models.list()).data.map(({ id }) => id)).toEqual(['small', 'large']);
    const tags: unknown = await (await fetch(`${server.url}/api/tags`)).json();
    expect(tags).toMatchObject({ models: [{ name: 'small' }, { name: 'large', details: { format: 'gguf' } }] });
  });
});
