// The wire of OpenAI's chat completions, as the provider and the many servers that speak like it have it.
import { z } from 'zod';
import {
  argumentsText,
  callsOf,
  type Frame,
  type ModelAsked,
  type ModelFaultName,
  type ModelSays,
  NotARequest,
  piecesOf,
  type SaidMessage,
  tokensOf,
  type Wire,
} from './words.ts';

const contentSchema = z.union([
  z.string(),
  z
    .array(z.object({ type: z.literal('text'), text: z.string() }))
    .transform((all) => all.map((one) => one.text).join('')),
]);
const callSchema = z.object({
  id: z.string().min(1),
  type: z.literal('function'),
  function: z.object({ name: z.string(), arguments: z.string() }),
});
const messageSchema = z.discriminatedUnion('role', [
  z.object({ role: z.enum(['system', 'developer']), content: contentSchema }),
  z.object({ role: z.literal('user'), content: contentSchema }),
  z.object({
    role: z.literal('assistant'),
    content: contentSchema.nullish(),
    tool_calls: z.array(callSchema).min(1).optional(),
  }),
  z.object({ role: z.literal('tool'), tool_call_id: z.string(), content: contentSchema }),
]);
const toolSchema = z.object({
  type: z.literal('function'),
  function: z.object({
    name: z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/),
    description: z.string().default(''),
    parameters: z.unknown(),
  }),
});
const choiceSchema = z.union([
  z.enum(['auto', 'none', 'required']),
  z.object({ type: z.literal('function'), function: z.object({ name: z.string() }) }),
]);
const requestSchema = z.object({
  model: z.string().min(1),
  messages: z.array(messageSchema).min(1),
  tools: z.array(toolSchema).min(1).optional(),
  tool_choice: choiceSchema.optional(),
  parallel_tool_calls: z.boolean().default(true),
  response_format: z
    .object({ type: z.literal('json_schema'), json_schema: z.object({ name: z.string(), schema: z.unknown() }) })
    .optional(),
  max_tokens: z.int().min(1).optional(),
  max_completion_tokens: z.int().min(1).optional(),
  stream: z.boolean().default(false),
  stream_options: z.object({ include_usage: z.boolean().default(false) }).optional(),
});
type Request = z.infer<typeof requestSchema>;

/** Whether the client asked that the stream end with what was used. */
export function wantsUsage(body: unknown): boolean {
  const parsed = requestSchema.safeParse(body);
  return parsed.success && parsed.data.stream_options?.include_usage === true;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function said(message: Request['messages'][number]): SaidMessage[] {
  if (message.role === 'user') return [{ role: 'user', text: message.content }];
  if (message.role === 'tool') return [{ role: 'tool', id: message.tool_call_id, text: message.content }];
  if (message.role !== 'assistant') return [];
  const calls = (message.tool_calls ?? []).map((call) => ({
    id: call.id,
    tool: call.function.name,
    arguments: parsed(call.function.arguments),
  }));
  return [{ role: 'assistant', text: message.content ?? '', calls }];
}

/** What the provider refuses: a result without its call, and a call without its result. */
function requireAnswered(messages: readonly SaidMessage[]): void {
  let open = new Set<string>();
  for (const [at, message] of messages.entries()) {
    if (message.role === 'tool') {
      if (!open.delete(message.id)) {
        throw new NotARequest(
          `Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'. messages.[${at}].role`,
        );
      }
      continue;
    }
    if (open.size > 0) throw new NotARequest(unanswered(open));
    open = new Set(message.role === 'assistant' ? message.calls.map(({ id }) => id) : []);
  }
  if (open.size > 0) throw new NotARequest(unanswered(open));
}

const unanswered = (ids: ReadonlySet<string>): string =>
  `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${[...ids].join(', ')}`;

function read(body: unknown): ReturnType<Wire['read']> {
  const result = requestSchema.safeParse(body);
  if (!result.success) throw new NotARequest(z.prettifyError(result.error));
  const { data } = result;
  const messages = data.messages.flatMap(said);
  requireAnswered(messages);
  const choice = data.tool_choice ?? (data.tools ? 'auto' : 'none');
  const format = data.response_format?.json_schema;
  return {
    api: 'openai',
    model: data.model,
    stream: data.stream,
    system: data.messages
      .flatMap((one) => (one.role === 'system' || one.role === 'developer' ? [one.content] : []))
      .join('\n'),
    messages,
    tools: (data.tools ?? []).map((tool) => ({
      name: tool.function.name,
      description: tool.function.description,
      input: tool.function.parameters,
    })),
    toolChoice: typeof choice === 'string' ? choice : choice.function.name,
    parallelCalls: data.parallel_tool_calls,
    format: format && { name: format.name, schema: format.schema },
    outputTokensMax: data.max_completion_tokens ?? data.max_tokens,
  };
}

const textOf = (says: ModelSays): string => (says.json === undefined ? (says.text ?? '') : JSON.stringify(says.json));

function finish(says: ModelSays): string {
  if (says.stop === 'length') return 'length';
  if (says.stop === 'refused') return 'content_filter';
  return callsOf(says).length > 0 ? 'tool_calls' : 'stop';
}

function usage(asked: ModelAsked, says: ModelSays) {
  const { promptTokens, completionTokens } = tokensOf(asked, says);
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
  };
}

const created = 1_764_000_000;

function whole(asked: ModelAsked, says: ModelSays, id: string): unknown {
  const calls = callsOf(says).map((call, at) => ({
    id: `call_${id}_${at}`,
    type: 'function',
    function: { name: call.tool, arguments: argumentsText(call) },
  }));
  const text = textOf(says);
  const message = {
    role: 'assistant',
    content: text === '' && calls.length > 0 ? null : text,
    refusal: null,
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  };
  return {
    id: `chatcmpl-${id}`,
    object: 'chat.completion',
    created,
    model: asked.model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: finish(says) }],
    ...(says.usage === 'none' ? {} : { usage: usage(asked, says) }),
  };
}

function frames(asked: ModelAsked, says: ModelSays, id: string, options: { includeUsage: boolean }): Frame[] {
  const common = { id: `chatcmpl-${id}`, object: 'chat.completion.chunk', created, model: asked.model };
  const frame = (choices: unknown[], piece: boolean, more: object = {}): Frame => ({
    text: `data: ${JSON.stringify({ ...common, choices, ...more })}\n\n`,
    piece,
  });
  const delta = (part: object, piece: boolean, reason: string | null = null): Frame =>
    frame([{ index: 0, delta: part, logprobs: null, finish_reason: reason }], piece);
  const calls = callsOf(says).flatMap((call, index) => [
    delta(
      {
        tool_calls: [
          { index, id: `call_${id}_${index}`, type: 'function', function: { name: call.tool, arguments: '' } },
        ],
      },
      false,
    ),
    ...piecesOf(argumentsText(call), says).map((piece) =>
      delta({ tool_calls: [{ index, function: { arguments: piece } }] }, true),
    ),
  ]);
  return [
    delta({ role: 'assistant', content: '' }, false),
    ...piecesOf(textOf(says), says).map((content) => delta({ content }, true)),
    ...calls,
    delta({}, false, finish(says)),
    ...(options.includeUsage && says.usage !== 'none' ? [frame([], false, { usage: usage(asked, says) })] : []),
    { text: 'data: [DONE]\n\n', piece: false },
  ];
}

const error = (message: string, type: string, code: string | null, param: string | null = null) => ({
  error: { message, type, param, code },
});

function fault(name: ModelFaultName, model: string, key: string): { status: number; body: unknown } {
  const faults: Partial<Record<ModelFaultName, { status: number; body: unknown }>> = {
    unauthorized: {
      status: 401,
      body: error(`Incorrect API key provided: ${key}.`, 'invalid_request_error', 'invalid_api_key'),
    },
    forbidden: {
      status: 403,
      body: error(`Project does not have access to model ${model}`, 'invalid_request_error', 'model_not_found'),
    },
    'rate-limited': {
      status: 429,
      body: error(
        `Rate limit reached for ${model} on tokens per min (TPM): Limit 30000, Used 29000, Requested 2000.`,
        'tokens',
        'rate_limit_exceeded',
      ),
    },
    'no-credit': {
      status: 429,
      body: error(
        'You exceeded your current quota, please check your plan and billing details.',
        'insufficient_quota',
        'insufficient_quota',
      ),
    },
    overloaded: {
      status: 503,
      body: error('That model is currently overloaded with other requests.', 'server_error', null),
    },
    'context-too-long': {
      status: 400,
      body: error(
        "This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens.",
        'invalid_request_error',
        'context_length_exceeded',
        'messages',
      ),
    },
    invalid: { status: 400, body: error('Invalid parameter', 'invalid_request_error', null) },
    'no-model': {
      status: 404,
      body: error(`The model \`${model}\` does not exist`, 'invalid_request_error', 'model_not_found'),
    },
  };
  const broken = error('The server had an error while processing your request.', 'server_error', null);
  return faults[name] ?? { status: 500, body: broken };
}

export const openaiWire: Wire = {
  read,
  whole,
  frames,
  errorFrame: () =>
    `data: ${JSON.stringify(error('The server had an error while processing your request.', 'server_error', null))}\n\n`,
  garbageFrame: 'data: {"choices": [{\n\n',
  fault,
  invalid: (message) => error(message, 'invalid_request_error', null),
};
