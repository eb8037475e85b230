// Models that are asked as Anthropic's are.
import Anthropic from '@anthropic-ai/sdk';
import type { ModelMessage, ModelRequest } from '@switchboard/contract';
import { fetchOptions, noKey, type Part, type Provider, type ProviderOptions } from './provider.ts';

type Body = Anthropic.MessageCreateParamsStreaming;
type Event = Anthropic.RawMessageStreamEvent;
type Message = Anthropic.MessageParam;

const toId = (id: string): string => id.replace(/[^a-zA-Z0-9_-]/g, '_');

function toMessage(message: ModelMessage): Message[] {
  if (message.role === 'user') return [{ role: 'user', content: message.text }];
  if (message.role === 'tool') {
    return [{ role: 'user', content: [{ type: 'tool_result', tool_use_id: toId(message.id), content: message.text }] }];
  }
  const { text, call } = message;
  // A block of no text is refused.
  const said = text === '' ? [] : [{ type: 'text' as const, text }];
  const called = call ? [{ type: 'tool_use' as const, id: toId(call.id), name: call.tool, input: call.input }] : [];
  const content = [...said, ...called];
  return content.length === 0 ? [] : [{ role: 'assistant', content }];
}

/** JSON of a schema is asked for as a call of a tool that takes it. */
function tools({ tools: offered, format }: ModelRequest): Pick<Body, 'tools' | 'tool_choice'> {
  const all = offered.map(({ name, description, input }) => ({ name, description, input_schema: toSchema(input) }));
  if (format === undefined) {
    return all.length === 0 ? {} : { tools: all, tool_choice: { type: 'auto', disable_parallel_tool_use: true } };
  }
  const answer = { name: format.name, description: 'Your answer.', input_schema: toSchema(format.schema) };
  const choice = all.length === 0 ? { type: 'tool' as const, name: format.name } : { type: 'any' as const };
  return { tools: [...all, answer], tool_choice: { ...choice, disable_parallel_tool_use: true } };
}

const toSchema = (schema: Record<string, unknown>): Anthropic.Tool.InputSchema => ({ ...schema, type: 'object' });

function toBody(request: ModelRequest, outputTokensMax: number, model: string): Body {
  const { system, messages } = request;
  return {
    model,
    max_tokens: outputTokensMax,
    ...(system === '' ? {} : { system }),
    messages: messages.flatMap((message) => toMessage(message)),
    ...tools(request),
    stream: true,
  };
}

const stops: Readonly<Record<string, Extract<Part, { kind: 'stop' }>['stop']>> = {
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  refusal: 'refused',
};

interface Place {
  /** Of the block that holds the first call. */
  index?: number;
  /** The call is the answer. */
  isFormat?: boolean;
}

function begun(
  { index, content_block: block }: Anthropic.RawContentBlockStartEvent,
  request: ModelRequest,
  first: Place,
): Part {
  if (block.type === 'text' && block.text !== '') return { kind: 'text', text: block.text };
  if (block.type !== 'tool_use' || first.index !== undefined) return { kind: 'sign' };
  first.index = index;
  first.isFormat = block.name === request.format?.name;
  return first.isFormat ? { kind: 'sign' } : { kind: 'call', tool: block.name, arguments: '' };
}

function more({ index, delta }: Anthropic.RawContentBlockDeltaEvent, first: Place): Part {
  if (delta.type === 'text_delta') return { kind: 'text', text: delta.text };
  if (delta.type !== 'input_json_delta' || index !== first.index) return { kind: 'sign' };
  const json = delta.partial_json;
  return first.isFormat ? { kind: 'text', text: json } : { kind: 'call', arguments: json };
}

function promptTokens(usage: Anthropic.Usage): number {
  return usage.input_tokens + (usage.cache_creation_input_tokens ?? 0) + (usage.cache_read_input_tokens ?? 0);
}

function partsOf(event: Event, request: ModelRequest, first: Place): Part[] {
  if (event.type === 'message_start') return [{ kind: 'usage', promptTokens: promptTokens(event.message.usage) }];
  if (event.type === 'content_block_start') return [begun(event, request, first)];
  // What it says around an answer of a schema is no part of it.
  const isAside = event.type === 'content_block_delta' && event.delta.type === 'text_delta' && request.format;
  if (isAside) return [{ kind: 'sign' }];
  if (event.type === 'content_block_delta') return [more(event, first)];
  if (event.type !== 'message_delta') return [{ kind: 'sign' }];
  const { stop_reason: reason } = event.delta;
  const used: Part = { kind: 'usage', completionTokens: event.usage.output_tokens };
  return reason === null ? [used] : [{ kind: 'stop', stop: stops[reason] ?? 'end' }, used];
}

async function* read(events: AsyncIterable<Event>, request: ModelRequest): AsyncIterable<Part> {
  const first: Place = {};
  for await (const event of events) yield* partsOf(event, request, first);
}

export function createAnthropic(options: ProviderOptions): Provider {
  const client = new Anthropic({
    apiKey: options.key ?? noKey,
    webhookKey: null,
    baseURL: options.baseUrl,
    // Ours are in ../model.ts: the client's would also repeat what may have been paid for.
    maxRetries: 0,
    timeout: 2 ** 31 - 1,
    logLevel: 'off',
    openTelemetry: false,
    fetchOptions,
  });
  return {
    prepare(request, outputTokensMax) {
      const body = toBody(request, outputTokensMax, options.model);
      return {
        bytes: Buffer.byteLength(JSON.stringify(body)),
        open: async (signal) => read(await client.messages.create(body, { signal }), request),
      };
    },
  };
}
