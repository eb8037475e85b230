// Tokens and money before and after a call: bounds that hold whatever tokenizer a model has.
import type { ModelSpec } from './model-spec.ts';

/** What a provider wraps around each message. */
const messageTokens = 8;
/** Less room than this for an answer is none. */
const answerTokensMin = 256;

export interface Tokens {
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** No token is less than a byte. */
export function promptTokensMax(bytes: number, messages: number): number {
  return bytes + messageTokens * messages;
}

/** Dollars for a million tokens are millionths of a dollar for one. */
export function costMicros({ promptTokens, completionTokens }: Tokens, { input, output }: ModelSpec['price']): number {
  return Math.ceil(promptTokens * input + completionTokens * output);
}

/** How long the answer may be; undefined when what was said fills the window. Some four bytes are a token, three in code. */
export function outputTokens(wanted: number, bytes: number, spec: ModelSpec): number | undefined {
  const least = Math.min(wanted, answerTokensMin);
  if (Math.ceil(bytes / 4) + least > spec.contextTokens) return undefined;
  const room = Math.max(least, spec.contextTokens - Math.ceil(bytes / 3));
  return Math.min(wanted, room, spec.outputTokensMax ?? wanted);
}
