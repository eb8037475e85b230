// What is asked of a language model, and what it answers: one form for every provider.
import { z } from 'zod';
import { invocationIdSchema } from './invocation-id.ts';
import { nameSchema } from './names.ts';

const timeSchema = z.iso.datetime();
const jsonSchema = z.record(z.string(), z.unknown());

/** `<turn>-<thought>-<round>`: on whose account it goes, and its idempotency key. The router's is thought 0. */
export const modelCallIdSchema = invocationIdSchema;

/** What a call is for: the intent of a message, the next step of a turn, a role's judgement, or a shorter history. */
export const modelPurposes = ['route', 'decide', 'judge', 'summarize'] as const;
export const modelPurposeSchema = z.enum(modelPurposes);
export type ModelPurpose = z.infer<typeof modelPurposeSchema>;

export const modelToolSchema = z.strictObject({
  name: nameSchema,
  description: z.string().max(2000),
  /** JSON Schema, `type: object`. */
  input: jsonSchema,
});
export type ModelTool = z.infer<typeof modelToolSchema>;

const toolCallIdSchema = z.string().min(1).max(64);

export const modelMessageSchema = z.discriminatedUnion('role', [
  z.strictObject({ role: z.literal('user'), text: z.string().min(1) }),
  z.strictObject({
    role: z.literal('assistant'),
    /** Empty where it only calls. */
    text: z.string(),
    call: z.strictObject({ id: toolCallIdSchema, tool: nameSchema, input: jsonSchema }).optional(),
  }),
  /** Right behind the assistant's message with the call of this id. */
  z.strictObject({ role: z.literal('tool'), id: toolCallIdSchema, text: z.string().min(1) }),
]);
export type ModelMessage = z.infer<typeof modelMessageSchema>;

/** Service → model. May be asked again with the same id: it is answered, and paid for, once. */
export const modelRequestSchema = z.strictObject({
  v: z.literal(1),
  id: modelCallIdSchema,
  purpose: modelPurposeSchema,
  system: z.string().max(20_000),
  messages: z.array(modelMessageSchema).min(1).max(200),
  tools: z.array(modelToolSchema).max(32),
  /** The answer's text must be JSON of this schema. */
  format: z.strictObject({ name: nameSchema, schema: jsonSchema }).optional(),
  outputTokensMax: z.int().min(1).max(32_000),
  /** Pieces of the text are wanted as they come. */
  stream: z.boolean(),
  deadline: timeSchema,
});
export type ModelRequest = z.infer<typeof modelRequestSchema>;

/** Nobody waits for the answer any more: what is under way for it is broken off. */
export const modelDropSchema = z.strictObject({ v: z.literal(1), id: modelCallIdSchema });

/** What was used, over all attempts: one model after another, and what came of a broken answer. */
export const modelUsageSchema = z.strictObject({
  calls: z.int().min(0),
  /** Of what was sent to providers: system, messages, tools and format, as UTF-8. */
  promptBytes: z.int().min(0),
  promptTokens: z.int().min(0),
  completionTokens: z.int().min(0),
  /** Millionths of a US dollar. */
  costMicros: z.int().min(0),
  /** Names of the models that answered, each once. */
  models: z.array(z.string().max(63)).max(20),
});
export type ModelUsage = z.infer<typeof modelUsageSchema>;

export const noUsage: ModelUsage = {
  calls: 0,
  promptBytes: 0,
  promptTokens: 0,
  completionTokens: 0,
  costMicros: 0,
  models: [],
};

/** Of several together. */
export function sumUsage(parts: readonly ModelUsage[]): ModelUsage {
  const sum = (of: (part: ModelUsage) => number): number => parts.reduce((total, part) => total + of(part), 0);
  return {
    calls: sum((part) => part.calls),
    promptBytes: sum((part) => part.promptBytes),
    promptTokens: sum((part) => part.promptTokens),
    completionTokens: sum((part) => part.completionTokens),
    costMicros: sum((part) => part.costMicros),
    models: [...new Set(parts.flatMap((part) => part.models))].slice(0, 20),
  };
}

export const modelReplySchema = z.strictObject({
  v: z.literal(1),
  id: modelCallIdSchema,
  text: z.string().max(200_000),
  /** The first call that it asks for. Neither the name nor the JSON has been checked: both are the model's. */
  call: z.strictObject({ tool: z.string().max(200), arguments: z.string().max(200_000) }).optional(),
  /** length: it was cut off at outputTokensMax. refused: the provider or the model would not answer. */
  stop: z.enum(['end', 'call', 'length', 'refused']),
  usage: modelUsageSchema,
});
export type ModelReply = z.infer<typeof modelReplySchema>;

/** One piece of the text, on the way to the reply. `reset`: what came so far is void, another attempt begins. */
export const modelPieceSchema = z.union([
  z.strictObject({ v: z.literal(1), text: z.string().min(1) }),
  z.strictObject({ v: z.literal(1), reset: z.literal(true) }),
]);
export type ModelPiece = z.infer<typeof modelPieceSchema>;

/** Model → everybody: it is here, and these are its models in the order in which they are tried. Every two seconds. */
export const modelHereSchema = z.strictObject({
  v: z.literal(1),
  models: z
    .array(
      z.strictObject({
        name: nameSchema,
        provider: z.string().max(63),
        /** False: it failed so often that it is left alone for a while. */
        up: z.boolean(),
        /** What its last call came to, where that was no answer; without any secret. */
        why: z.string().max(300).optional(),
      }),
    )
    .max(20),
  /** Milliseconds between two; three missed mean away. */
  intervalMs: z.int().min(100),
});
export type ModelHere = z.infer<typeof modelHereSchema>;

const attempt = {
  v: z.literal(1),
  call: modelCallIdSchema,
  /** No other attempt at this call has it, also not of a model service that has died. */
  attempt: z.int().min(1).max(2_000_000_000),
};

/**
 * Model → gateway, before each attempt: may this be spent? The answer means that it is on the book. Refused with
 * `budget-exceeded`, or `forbidden` where the turn is not one that `asker` works on. The same again is the same.
 */
export const reserveSchema = z.strictObject({
  ...attempt,
  /** Who asked the model: the subject said so. */
  asker: nameSchema,
  purpose: modelPurposeSchema,
  model: nameSchema,
  /** What it can use at the most. */
  tokensMax: z.int().min(0),
  costMicrosMax: z.int().min(0),
  deadline: timeSchema,
});
export type Reserve = z.infer<typeof reserveSchema>;
export const reserveReplySchema = z.strictObject({ v: z.literal(1) });

/** Model → gateway, after each attempt: what was used, zeros when the provider never took it. The same again is the same. */
export const settleSchema = z.strictObject({
  ...attempt,
  promptBytes: z.int().min(0),
  promptTokens: z.int().min(0),
  completionTokens: z.int().min(0),
  costMicros: z.int().min(0),
});
export type Settle = z.infer<typeof settleSchema>;
export const settleReplySchema = z.strictObject({ v: z.literal(1) });
