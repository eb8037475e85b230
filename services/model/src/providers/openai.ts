// Models that are asked as OpenAI's are: OpenAI, Ollama, llama.cpp, vLLM, LM Studio and many more.
import type { ModelMessage, ModelRequest } from '@switchboard/contract';
import OpenAI from 'openai';
import { fetchOptions, noKey, type Part, type Provider, type ProviderOptions } from './provider.ts';

type Body = OpenAI.ChatCompletionCreateParamsStreaming;
type Chunk = OpenAI.ChatCompletionChunk;
type Message = OpenAI.ChatCompletionMessageParam;

function toMessage(message: ModelMessage): Message[] {
  if (message.role === 'user') return [{ role: 'user', content: message.text }];
  if (message.role === 'tool') return [{ role: 'tool', tool_call_id: message.id, content: message.text }];
  const { text, call } = message;
  if (call === undefined) return text === '' ? [] : [{ role: 'assistant', content: text }];
  const { id, tool, input } = call;
  const called = { id, type: 'function' as const, function: { name: tool, arguments: JSON.stringify(input) } };
  return [{ role: 'assistant', content: text === '' ? null : text, tool_calls: [called] }];
}

function toBody(request: ModelRequest, outputTokensMax: number, { model, isHosted }: ProviderOptions): Body {
  const { system, messages, tools, format } = request;
  return {
    model,
    messages: [
      ...(system === '' ? [] : [{ role: 'system' as const, content: system }]),
      ...messages.flatMap((message) => toMessage(message)),
    ],
    ...(tools.length === 0
      ? {}
      : {
          tools: tools.map(({ name, description, input }) => ({
            type: 'function' as const,
            function: { name, description, parameters: input },
          })),
          parallel_tool_calls: false,
        }),
    ...(format === undefined
      ? {}
      : {
          response_format: { type: 'json_schema' as const, json_schema: { name: format.name, schema: format.schema } },
        }),
    // OpenAI itself takes the new name alone, and some servers know only the old one.
    [isHosted ? 'max_completion_tokens' : 'max_tokens']: outputTokensMax,
    stream: true,
    stream_options: { include_usage: true },
  };
}

const stops: Readonly<Record<string, Extract<Part, { kind: 'stop' }>['stop']>> = {
  length: 'length',
  content_filter: 'refused',
};

function partsOf({ choices, usage }: Chunk, first: { index?: number }): Part[] {
  const parts: Part[] = [];
  const [choice] = choices ?? [];
  const { content, refusal, tool_calls: calls = [] } = choice?.delta ?? {};
  if (content) parts.push({ kind: 'text', text: content });
  if (refusal) parts.push({ kind: 'text', text: refusal }, { kind: 'stop', stop: 'refused' });
  for (const { index, function: called } of calls ?? []) {
    first.index ??= index;
    if (index !== first.index) continue;
    parts.push({ kind: 'call', ...(called?.name ? { tool: called.name } : {}), arguments: called?.arguments ?? '' });
  }
  const reason = choice?.finish_reason;
  if (reason) parts.push({ kind: 'stop', stop: stops[reason] ?? 'end' });
  if (usage)
    parts.push({ kind: 'usage', promptTokens: usage.prompt_tokens, completionTokens: usage.completion_tokens });
  return parts.length === 0 ? [{ kind: 'sign' }] : parts;
}

async function* read(chunks: AsyncIterable<Chunk>): AsyncIterable<Part> {
  const first = {};
  for await (const chunk of chunks) yield* partsOf(chunk, first);
}

export function createOpenai(options: ProviderOptions): Provider {
  const client = new OpenAI({
    apiKey: options.key ?? noKey,
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    baseURL: options.baseUrl,
    // Ours are in ../model.ts: the client's would also repeat what may have been paid for.
    maxRetries: 0,
    timeout: 2 ** 31 - 1,
    logLevel: 'off',
    fetchOptions,
  });
  return {
    prepare(request, outputTokensMax) {
      const body = toBody(request, outputTokensMax, options);
      return {
        bytes: Buffer.byteLength(JSON.stringify(body)),
        open: async (signal) => read(await client.chat.completions.create(body, { signal })),
      };
    },
  };
}
