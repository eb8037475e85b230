// The model server of the tests, against Anthropic's own client.
import Anthropic, { APIConnectionError, APIError } from '@anthropic-ai/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ModelSays, type ModelServer, startModelServer } from '../src/peers/model-server.ts';

const key = 'sk-ant-of-the-tests';
const tools = [{ name: 'read-file', description: 'Reads.', input_schema: { type: 'object' as const } }];
const request = {
  model: 'small',
  max_tokens: 100,
  system: 'You are brief.',
  messages: [{ role: 'user' as const, content: 'Hello' }],
  tools,
};

describe('the model server and Anthropic’s client', () => {
  let server: ModelServer;
  let client: Anthropic;
  beforeAll(async () => {
    server = await startModelServer({ key });
    client = new Anthropic({ apiKey: key, baseURL: server.url, maxRetries: 0, logLevel: 'off' });
  });
  afterAll(() => server.close());

  /** The message that the client makes of a stream. */
  function streamed(says: ModelSays): Promise<Anthropic.Message> {
    server.answer(() => says);
    return client.messages.stream(request).finalMessage();
  }

  it('answers whole, and tells the test what was asked', async () => {
    server.answer(() => ({ text: 'Good morning.' }));
    const message = await client.messages.create(request);
    expect(message).toMatchObject({ content: [{ type: 'text', text: 'Good morning.' }], stop_reason: 'end_turn' });
    expect(message.usage.output_tokens).toBe(4);
    const asked = server.asked.at(-1);
    expect(asked).toMatchObject({
      api: 'anthropic',
      stream: false,
      system: 'You are brief.',
      messages: [{ role: 'user', text: 'Hello' }],
      tools: [{ name: 'read-file', description: 'Reads.', input: { type: 'object' } }],
      outputTokensMax: 100,
      keyHeader: 'authorization',
    });
    expect(asked?.promptBytes).toBe(Buffer.byteLength(JSON.stringify(request)));
  });

  it('streams text and a call whose arguments come in pieces', async () => {
    const text = 'Grüße aus Köln, und ein Herz: 💛. '.repeat(8);
    const call = { tool: 'read-file', arguments: { path: 'notes/a very long name.txt' } };
    const message = await streamed({ text, call });
    expect(message.content).toMatchObject([
      { type: 'text', text },
      { type: 'tool_use', name: 'read-file', input: call.arguments },
    ]);
    expect(message).toMatchObject({ stop_reason: 'tool_use', usage: { output_tokens: expect.any(Number) } });
  });

  it('says two calls at once, nothing, and that it was cut off or would not', async () => {
    const call = { tool: 'read-file', arguments: {} };
    expect((await streamed({ calls: [call, call] })).content).toHaveLength(2);
    expect(await streamed({ text: '' })).toMatchObject({ content: [], stop_reason: 'end_turn' });
    expect(await streamed({ text: 'Half of', stop: 'length' })).toMatchObject({ stop_reason: 'max_tokens' });
    expect(await streamed({ text: 'No.', stop: 'refused' })).toMatchObject({ stop_reason: 'refusal' });
  });

  it('says invalid arguments as they are', async () => {
    server.answer(() => ({ call: { tool: 'read-file', arguments: '{"path":' } }));
    let said = '';
    for await (const event of await client.messages.create({ ...request, stream: true })) {
      if (event.type === 'content_block_delta' && event.delta.type === 'input_json_delta')
        said += event.delta.partial_json;
    }
    expect(said).toBe('{"path":');
  });

  it('says JSON of a format by calling the tool that it must', async () => {
    server.answer(() => ({ json: { skill: 'read-file' } }));
    const answer = { name: 'answer', input_schema: { type: 'object' as const } };
    const message = await client.messages.create({
      ...request,
      tools: [answer],
      tool_choice: { type: 'tool', name: 'answer', disable_parallel_tool_use: true },
    });
    expect(message.content).toMatchObject([{ type: 'tool_use', name: 'answer', input: { skill: 'read-file' } }]);
    expect(server.asked.at(-1)).toMatchObject({
      format: { name: 'answer', schema: { type: 'object' } },
      tools: [],
      toolChoice: 'answer',
      parallelCalls: false,
    });
  });

  it('reads a conversation with a call and its result, and refuses what does not fit', async () => {
    server.answer(() => ({ text: 'Done.' }));
    const called = {
      role: 'assistant' as const,
      content: [{ type: 'tool_use' as const, id: 'c1', name: 'read-file', input: { path: 'a' } }],
    };
    const result = {
      role: 'user' as const,
      content: [{ type: 'tool_result' as const, tool_use_id: 'c1', content: 'text of a' }],
    };
    await client.messages.create({ ...request, messages: [...request.messages, called, result] });
    expect(server.asked.at(-1)?.messages.slice(1)).toEqual([
      { role: 'assistant', text: '', calls: [{ id: 'c1', tool: 'read-file', arguments: { path: 'a' } }] },
      { role: 'tool', id: 'c1', text: 'text of a' },
    ]);
    const refused = (messages: Anthropic.MessageParam[]) => client.messages.create({ ...request, messages });
    await expect(refused([...request.messages, called, ...request.messages])).rejects.toThrow(/without `tool_result`/);
    await expect(refused([...request.messages, result])).rejects.toThrow(/unexpected `tool_use_id`/);
    await expect(refused([{ role: 'user', content: [{ type: 'text', text: '' }] }])).rejects.toThrow(/non-empty/);
  });

  it.each([
    ['unauthorized', 401, 'authentication_error'],
    ['forbidden', 403, 'permission_error'],
    ['rate-limited', 429, 'rate_limit_error'],
    ['no-credit', 400, 'invalid_request_error'],
    ['broken', 500, 'api_error'],
    ['overloaded', 529, 'overloaded_error'],
    ['context-too-long', 400, 'invalid_request_error'],
    ['no-model', 404, 'not_found_error'],
  ] as const)('fails as %s', async (fault, status, type) => {
    server.answer(() => ({ fault, retryAfterSeconds: 7 }));
    const error = await client.messages.create(request).catch((thrown: unknown) => thrown);
    if (!(error instanceof APIError)) throw new Error(`not an APIError: ${error}`);
    expect([error.status, error.type, error.headers?.get('retry-after')]).toEqual([status, type, '7']);
  });

  it('breaks in the middle, breaks at once, and says what is no JSON', async () => {
    const text = 'x'.repeat(100);
    await expect(streamed({ text, break: { after: 3, how: 'cut' } })).rejects.toThrow(/terminated|Connection/);
    await expect(streamed({ text, break: { after: 3, how: 'error' } })).rejects.toThrow(/Overloaded/);
    await expect(streamed({ text, break: { after: 3, how: 'garbage' } })).rejects.toThrow(/JSON/);
    server.answer(() => ({ fault: 'hang-up' }));
    await expect(client.messages.create(request)).rejects.toBeInstanceOf(APIConnectionError);
    server.answer(() => ({ fault: 'never' }));
    await expect(client.messages.create(request, { timeout: 100 })).rejects.toThrow(/timed out/);
  });

  it('lists its models', async () => {
    expect((await client.models.list()).data.map(({ id }) => id)).toEqual(['test-model']);
  });
});
