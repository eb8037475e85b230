// Both providers' wires: text in pieces, calls, formats, conversations, and what was used.
import type { ModelRequest } from '@switchboard/contract';
import type { ModelServer } from '@switchboard/testkit/peers/model-server';
import { startModelServer } from '@switchboard/testkit/peers/model-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, asker, entry, openStage, type Running, request, type Stage, serve } from './stage.ts';

const tool = {
  name: 'read-file',
  description: 'Reads a file.',
  input: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] },
};
const call = { tool: 'read-file', arguments: { path: 'notes/plan.txt' } };
const format = { name: 'choice', schema: { type: 'object', properties: { skill: { type: 'string' } } } };

describe.each<Api>(['openai', 'anthropic'])('a model that is asked as %s', (api) => {
  let stage: Stage;
  let server: ModelServer;
  let running: Running;
  beforeAll(async () => {
    [stage, server] = await Promise.all([openStage(), startModelServer()]);
    running = await serve(stage, `models:\n${entry('small', api, server, 'price: { input: 3, output: 15 }')}`);
  });
  afterAll(async () => {
    await running?.stop();
    await Promise.all([server?.close(), stage?.close()]);
  });

  it('answers, in pieces that are the text, and says what was used', async () => {
    const text = 'Grüße aus Köln 💛, '.repeat(40);
    server.answer(() => ({ text, usage: { promptTokens: 21, completionTokens: 7 } }));
    const { reply, text: heard } = await stage.ask();
    expect(heard).toBe(text);
    expect(reply).toMatchObject({ text, stop: 'end' });
    const asked = server.asked.at(-1);
    expect(reply.usage).toEqual({
      calls: 1,
      promptBytes: asked?.promptBytes,
      promptTokens: 21,
      completionTokens: 7,
      costMicros: 21 * 3 + 7 * 15,
      models: ['small'],
    });
    expect(asked).toMatchObject({
      api,
      model: 'small-1',
      stream: true,
      system: 'You are brief.',
      outputTokensMax: 200,
    });
  });

  it('gathers pieces: a stream of hundreds is told in few, and nobody who wants none gets any', async () => {
    server.answer(() => ({ text: 'word '.repeat(300), pieceCharacters: 5 }));
    expect((await stage.ask()).pieces.length).toBeLessThan(30);
    expect((await stage.ask({ stream: false })).pieces).toEqual([]);
  });

  it('tells a piece while the next has not come', async () => {
    const { promise: seen, resolve: see } = Promise.withResolvers<void>();
    server.answer(() => ({ text: 'one two', pieceCharacters: 4, betweenMs: 300 }));
    const bus = await stage.bus(asker);
    const asked = bus.request('model', { service: asker }, request(), {
      replier: 'model',
      timeoutMs: 10_000,
      onPiece: () => see(),
    });
    expect(await Promise.race([seen.then(() => 'piece'), asked.then(() => 'answer')])).toBe('piece');
    expect((await asked).text).toBe('one two');
  });

  it('calls a tool, one at a time', async () => {
    server.answer(() => ({ text: 'I look.', calls: [call, { ...call, tool: 'delete-file' }] }));
    const { reply } = await stage.ask({ tools: [tool] });
    expect(reply).toMatchObject({ text: 'I look.', stop: 'call', call: { tool: 'read-file' } });
    expect(JSON.parse(reply.call?.arguments ?? '')).toEqual(call.arguments);
    expect(server.asked.at(-1)).toMatchObject({ tools: [tool], toolChoice: 'auto', parallelCalls: false });
  });

  it('passes on a call whose arguments are no JSON, or none, as they are', async () => {
    server.answer(() => ({ call: { tool: 'no-such-tool', arguments: '{"path":' } }));
    expect((await stage.ask({ tools: [tool] })).reply.call).toEqual({ tool: 'no-such-tool', arguments: '{"path":' });
    server.answer(() => ({ call: { tool: 'read-file', arguments: '' } }));
    expect((await stage.ask({ tools: [tool] })).reply.call).toEqual({ tool: 'read-file', arguments: '{}' });
  });

  it('answers in the form that was asked for', async () => {
    server.answer(() => ({ json: { skill: 'read-file' } }));
    const { reply, text } = await stage.ask({ format });
    expect(JSON.parse(reply.text)).toEqual({ skill: 'read-file' });
    expect([reply.stop, reply.call]).toEqual(['end', undefined]);
    expect(text).toBe(reply.text);
    expect(server.asked.at(-1)?.format).toMatchObject({ name: 'choice', schema: format.schema });
  });

  it('takes tools and a form at once: a call of one, or an answer in the other', async () => {
    const answer = { skill: 'read-file' };
    server.answer(() => (api === 'openai' ? { json: answer } : { call: { tool: 'choice', arguments: answer } }));
    expect(JSON.parse((await stage.ask({ format, tools: [tool] })).reply.text)).toEqual(answer);
    expect(server.asked.at(-1)?.tools[0]?.name).toBe('read-file');
    server.answer(() => ({ call }));
    expect((await stage.ask({ format, tools: [tool] })).reply).toMatchObject({ text: '', call: { tool: 'read-file' } });
  });

  it('says a conversation with a call and its result', async () => {
    server.answer(() => ({ text: 'It says hello.' }));
    const messages: ModelRequest['messages'] = [
      { role: 'user', text: 'What is in a?' },
      { role: 'assistant', text: '', call: { id: 'call.1', tool: 'read-file', input: { path: 'a' } } },
      { role: 'tool', id: 'call.1', text: 'hello' },
      { role: 'assistant', text: 'It says hello.' },
      { role: 'user', text: 'And in b?' },
    ];
    await stage.ask({ messages, tools: [tool] });
    const id = api === 'openai' ? 'call.1' : 'call_1';
    expect(server.asked.at(-1)?.messages).toEqual([
      { role: 'user', text: 'What is in a?' },
      { role: 'assistant', text: '', calls: [{ id, tool: 'read-file', arguments: { path: 'a' } }] },
      { role: 'tool', id, text: 'hello' },
      { role: 'assistant', text: 'It says hello.', calls: [] },
      { role: 'user', text: 'And in b?' },
    ]);
  });

  it('says that it was cut off, or would not, or said nothing', async () => {
    server.answer(() => ({ text: 'Half of', stop: 'length' }));
    expect((await stage.ask()).reply).toMatchObject({ text: 'Half of', stop: 'length' });
    server.answer(() => ({ text: 'I will not.', stop: 'refused' }));
    expect((await stage.ask()).reply.stop).toBe('refused');
    server.answer(() => ({ text: '' }));
    expect((await stage.ask()).reply).toMatchObject({ text: '', stop: 'end' });
  });

  it('passes on another language as it is', async () => {
    server.answer(() => ({ text: 'ここにあります。' }));
    expect((await stage.ask()).text).toBe('ここにあります。');
  });

  it('counts at most its bytes where the provider says nothing of what was used', async () => {
    server.answer(() => ({ text: 'Hello there', usage: 'none' }));
    const { usage } = (await stage.ask()).reply;
    const bytes = server.asked.at(-1)?.promptBytes ?? 0;
    expect(usage).toMatchObject({ promptTokens: bytes + 2 * 8, completionTokens: 'Hello there'.length });
    await stage.book.balanced();
    const { promptTokens, completionTokens, costMicros } = usage;
    expect(stage.book.settled.at(-1)).toMatchObject({ promptTokens, completionTokens, costMicros });
  });

  it('reserves what it can use at the most, before the provider hears of it', async () => {
    server.answer(() => {
      expect(stage.book.reserved.at(-1)?.purpose).toBe('judge');
      return { text: 'Yes.' };
    });
    const asked = request({ purpose: 'judge', outputTokensMax: 90 });
    await stage.ask(asked);
    const bytes = server.asked.at(-1)?.promptBytes ?? 0;
    expect(stage.book.reserved.at(-1)).toEqual({
      v: 1,
      call: asked.id,
      attempt: 1,
      asker,
      purpose: 'judge',
      model: 'small',
      tokensMax: bytes + 16 + 90,
      costMicrosMax: (bytes + 16) * 3 + 90 * 15,
      deadline: asked.deadline,
    });
    await stage.book.balanced();
  });
});
