// The wire of Anthropic's messages.
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
  type ToolCall,
  tokensOf,
  type Wire,
} from './words.ts';

const nonEmpty = z.string().min(1, 'text content blocks must be non-empty');
const textSchema = z.object({ type: z.literal('text'), text: nonEmpty });
const idSchema = z.string().regex(/^[a-zA-Z0-9_-]+$/);
const userBlock = z.discriminatedUnion('type', [
  textSchema,
  z.object({
    type: z.literal('tool_result'),
    tool_use_id: idSchema,
    content: z.union([z.string(), z.array(textSchema).transform((all) => all.map((one) => one.text).join(''))]),
  }),
]);
const assistantBlock = z.discriminatedUnion('type', [
  textSchema,
  z.object({ type: z.literal('tool_use'), id: idSchema, name: z.string(), input: z.record(z.string(), z.unknown()) }),
]);
/** A string is one block of text. */
const content = <Block extends z.ZodType>(block: Block) =>
  z.union([nonEmpty.transform((text) => [{ type: 'text' as const, text }]), z.array(block).min(1)]);
const messageSchema = z.discriminatedUnion('role', [
  z.object({ role: z.literal('user'), content: content(userBlock) }),
  z.object({ role: z.literal('assistant'), content: content(assistantBlock) }),
]);
const parallel = { disable_parallel_tool_use: z.boolean().default(false) };
const requestSchema = z.object({
  model: z.string().min(1),
  max_tokens: z.int().min(1),
  system: z
    .union([z.string(), z.array(textSchema).transform((all) => all.map((one) => one.text).join('\n'))])
    .default(''),
  messages: z.array(messageSchema).min(1),
  tools: z
    .array(
      z.object({
        name: z.string().regex(/^[a-zA-Z0-9_-]{1,128}$/),
        description: z.string().default(''),
        input_schema: z.looseObject({ type: z.literal('object') }),
      }),
    )
    .default([]),
  tool_choice: z
    .discriminatedUnion('type', [
      z.object({ type: z.enum(['auto', 'any', 'none']), ...parallel }),
      z.object({ type: z.literal('tool'), name: z.string(), ...parallel }),
    ])
    .optional(),
  stream: z.boolean().default(false),
});
type Request = z.infer<typeof requestSchema>;

/** In a message of the user the results come first, each for a call of the message before. */
function said(message: Request['messages'][number], before: SaidMessage | undefined): SaidMessage[] {
  if (message.role === 'assistant') {
    const text = message.content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('');
    const calls = message.content.flatMap((block) =>
      block.type === 'tool_use' ? [{ id: block.id, tool: block.name, arguments: block.input }] : [],
    );
    return [{ role: 'assistant', text, calls }];
  }
  const results = message.content.flatMap((block) =>
    block.type === 'tool_result' ? [{ role: 'tool' as const, id: block.tool_use_id, text: block.content }] : [],
  );
  const calls = before?.role === 'assistant' ? before.calls.map(({ id }) => id) : [];
  const [missing] = calls.filter((id) => results.every((result) => result.id !== id));
  if (missing !== undefined) {
    throw new NotARequest(`\`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${missing}`);
  }
  const stray = results.find(({ id }) => !calls.includes(id));
  if (stray !== undefined)
    throw new NotARequest(`unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${stray.id}`);
  const texts = message.content.flatMap((block) =>
    block.type === 'text' ? [{ role: 'user' as const, text: block.text }] : [],
  );
  return [...results, ...texts];
}

/** The tool whose call is the answer: the one that must be called. */
function formatTool({ tool_choice: choice, tools }: Request): Request['tools'][number] | undefined {
  return choice?.type === 'tool' ? tools.find(({ name }) => name === choice.name) : undefined;
}

function read(body: unknown): ReturnType<Wire['read']> {
  const result = requestSchema.safeParse(body);
  if (!result.success) throw new NotARequest(z.prettifyError(result.error));
  const { data } = result;
  const messages: SaidMessage[] = [];
  for (const message of data.messages) messages.push(...said(message, messages.at(-1)));
  const last = messages.at(-1);
  if (last?.role === 'assistant' && last.calls.length > 0) {
    throw new NotARequest('`tool_use` ids were found without `tool_result` blocks immediately after');
  }
  const format = formatTool(data);
  const choice = data.tool_choice;
  return {
    api: 'anthropic',
    model: data.model,
    stream: data.stream,
    system: data.system,
    messages,
    tools: data.tools
      .filter((tool) => tool !== format)
      .map(({ name, description, input_schema }) => ({ name, description, input: input_schema })),
    toolChoice:
      choice === undefined ? (data.tools.length > 0 ? 'auto' : 'none') : 'name' in choice ? choice.name : choice.type,
    parallelCalls: choice?.disable_parallel_tool_use !== true,
    format: format && { name: format.name, schema: format.input_schema },
    outputTokensMax: data.max_tokens,
  };
}

/** What is answered in the form that was asked for is a call of the tool that stands for it. */
function toolCalls(asked: ModelAsked, says: ModelSays): readonly ToolCall[] {
  if (says.json === undefined) return callsOf(says);
  return [{ tool: asked.format?.name ?? 'json', arguments: says.json }];
}

function stopReason(asked: ModelAsked, says: ModelSays): string {
  if (says.stop === 'length') return 'max_tokens';
  if (says.stop === 'refused') return 'refusal';
  return toolCalls(asked, says).length > 0 ? 'tool_use' : 'end_turn';
}

function jsonOrNothing(call: ToolCall): unknown {
  try {
    return JSON.parse(argumentsText(call));
  } catch {
    return {};
  }
}

function whole(asked: ModelAsked, says: ModelSays, id: string): unknown {
  const { promptTokens, completionTokens } = tokensOf(asked, says);
  const text = says.text ?? '';
  return {
    id: `msg_${id}`,
    type: 'message',
    role: 'assistant',
    model: asked.model,
    content: [
      ...(text === '' ? [] : [{ type: 'text', text }]),
      ...toolCalls(asked, says).map((call, at) => ({
        type: 'tool_use',
        id: `toolu_${id}_${at}`,
        name: call.tool,
        input: jsonOrNothing(call),
      })),
    ],
    stop_reason: stopReason(asked, says),
    stop_sequence: null,
    usage: {
      input_tokens: says.usage === 'none' ? 0 : promptTokens,
      output_tokens: says.usage === 'none' ? 0 : completionTokens,
    },
  };
}

const event = (data: { type: string } & Record<string, unknown>, piece = false): Frame => ({
  text: `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`,
  piece,
});

function frames(asked: ModelAsked, says: ModelSays, id: string): Frame[] {
  const { promptTokens, completionTokens } = tokensOf(asked, says);
  const block = (index: number, start: object, deltas: object[]): Frame[] => [
    event({ type: 'content_block_start', index, content_block: start }),
    ...deltas.map((delta) => event({ type: 'content_block_delta', index, delta }, true)),
    event({ type: 'content_block_stop', index }),
  ];
  const text = says.text ?? '';
  const first = text === '' ? 0 : 1;
  const used = says.usage === 'none' ? 0 : promptTokens;
  const message = { id: `msg_${id}`, type: 'message', role: 'assistant', model: asked.model, content: [] };
  const start = { ...message, stop_reason: null, stop_sequence: null, usage: { input_tokens: used, output_tokens: 1 } };
  return [
    event({ type: 'message_start', message: start }),
    event({ type: 'ping' }),
    ...(text === ''
      ? []
      : block(
          0,
          { type: 'text', text: '' },
          piecesOf(text, says).map((piece) => ({ type: 'text_delta', text: piece })),
        )),
    ...toolCalls(asked, says).flatMap((call, at) =>
      block(
        first + at,
        { type: 'tool_use', id: `toolu_${id}_${at}`, name: call.tool, input: {} },
        piecesOf(argumentsText(call), says).map((piece) => ({ type: 'input_json_delta', partial_json: piece })),
      ),
    ),
    event({
      type: 'message_delta',
      delta: { stop_reason: stopReason(asked, says), stop_sequence: null },
      usage: { output_tokens: says.usage === 'none' ? 0 : completionTokens },
    }),
    event({ type: 'message_stop' }),
  ];
}

const error = (type: string, message: string) => ({
  type: 'error',
  error: { type, message },
  request_id: 'req_011CSHoEeqs5C35K2UUqR7Fy',
});

function fault(name: ModelFaultName, model: string): { status: number; body: unknown } {
  const tooMany = 'This request would exceed your organization’s rate limit of 30,000 input tokens per minute.';
  const faults: Partial<Record<ModelFaultName, { status: number; body: unknown }>> = {
    unauthorized: { status: 401, body: error('authentication_error', 'invalid x-api-key') },
    forbidden: { status: 403, body: error('permission_error', 'Your API key may not use this model.') },
    'rate-limited': { status: 429, body: error('rate_limit_error', tooMany) },
    'no-credit': {
      status: 400,
      body: error('invalid_request_error', 'Your credit balance is too low to access the Anthropic API.'),
    },
    overloaded: { status: 529, body: error('overloaded_error', 'Overloaded') },
    'context-too-long': {
      status: 400,
      body: error('invalid_request_error', 'prompt is too long: 213462 tokens > 200000 maximum'),
    },
    invalid: { status: 400, body: error('invalid_request_error', 'messages: Input should be a valid list') },
    'no-model': { status: 404, body: error('not_found_error', `model: ${model}`) },
  };
  return faults[name] ?? { status: 500, body: error('api_error', 'Internal server error') };
}

export const anthropicWire: Wire = {
  read,
  whole,
  frames,
  errorFrame: () => event(error('overloaded_error', 'Overloaded')).text,
  garbageFrame: 'event: content_block_delta\ndata: {"type": "content_bl\n\n',
  fault,
  invalid: (message) => error('invalid_request_error', message),
};
