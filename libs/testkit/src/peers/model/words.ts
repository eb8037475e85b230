// What a test sees of a request to a model, and what it can have answered: one form for both providers' wires.

export type ModelApi = 'openai' | 'anthropic';

export type SaidMessage =
  | { readonly role: 'user'; readonly text: string }
  | {
      readonly role: 'assistant';
      readonly text: string;
      readonly calls: readonly { readonly id: string; readonly tool: string; readonly arguments: unknown }[];
    }
  | { readonly role: 'tool'; readonly id: string; readonly text: string };

/** One request, as it came. */
export interface ModelAsked {
  readonly api: ModelApi;
  readonly model: string;
  readonly stream: boolean;
  readonly system: string;
  readonly messages: readonly SaidMessage[];
  readonly tools: readonly { readonly name: string; readonly description: string; readonly input: unknown }[];
  /** What may be called: `none` where no tools are. Another name: that tool and no other. */
  readonly toolChoice: string;
  /** False: it must not call two at once. */
  readonly parallelCalls: boolean;
  /** OpenAI: response_format. Anthropic: a tool that it must call, and that is not among `tools`. */
  readonly format: { readonly name: string; readonly schema: unknown } | undefined;
  readonly outputTokensMax: number | undefined;
  /** Of the body of the HTTP request. */
  readonly promptBytes: number;
  /** The header that a key came in. The key itself is not kept. */
  readonly keyHeader: 'authorization' | 'x-api-key' | undefined;
  /** What the client says of its tries: 0 the first, 1 and so on when it tries again. */
  readonly retry: number;
}

export interface ToolCall {
  readonly tool: string;
  /** A string goes as it is, JSON or not: so is invalid JSON said. */
  readonly arguments: unknown;
}

/** What becomes of an answer on its way. `after`: so many pieces of text or arguments were sent. */
export interface Break {
  readonly after: number;
  /** cut: the connection breaks. stall: nothing more comes. error: an error in the stream. garbage: no JSON. */
  readonly how: 'cut' | 'stall' | 'error' | 'garbage';
}

export interface ModelSays {
  /** `''` alone is an empty answer. */
  readonly text?: string;
  /** Where a format was asked for. */
  readonly json?: unknown;
  readonly call?: ToolCall;
  /** Several at once. */
  readonly calls?: readonly ToolCall[];
  /** Other than what follows from the answer: end, or call. */
  readonly stop?: 'length' | 'refused';
  /** Default: a token for every four bytes. `none`: the provider does not say. */
  readonly usage?: { readonly promptTokens: number; readonly completionTokens: number } | 'none';
  /** Characters of one piece of a stream; default 12. */
  readonly pieceCharacters?: number;
  /** Before the first byte. */
  readonly waitMs?: number;
  /** Before each piece but the first. */
  readonly betweenMs?: number;
  readonly break?: Break;
}

/**
 * unauthorized: 401. forbidden: 403. rate-limited: 429. no-credit: what a provider says whose bill was not paid.
 * broken: 500. overloaded: 503, or Anthropic's 529. context-too-long and invalid: 400. no-model: 404. garbage: 200,
 * and no JSON. hang-up: the connection breaks. never: not a byte.
 */
export type ModelFaultName =
  | 'unauthorized'
  | 'forbidden'
  | 'rate-limited'
  | 'no-credit'
  | 'broken'
  | 'overloaded'
  | 'context-too-long'
  | 'invalid'
  | 'no-model'
  | 'garbage'
  | 'hang-up'
  | 'never';

export interface ModelFault {
  readonly fault: ModelFaultName;
  readonly retryAfterSeconds?: number;
  readonly waitMs?: number;
}

export type ModelAnswer = ModelSays | ModelFault;

/** May wait for what the test does: the first byte is sent after it. */
export type Answerer = (asked: ModelAsked) => ModelAnswer | Promise<ModelAnswer>;

/** A model of the list, as Ollama tells of it. */
export interface ListedModel {
  readonly name: string;
  readonly capabilities?: readonly string[];
  readonly family?: string;
}

/** What is written, one after another. `piece`: it holds text or arguments, and so counts for `Break.after`. */
export interface Frame {
  readonly text: string;
  readonly piece: boolean;
}

/** A request that is not one of this API: told the client in the provider's words. */
export class NotARequest extends Error {
  override readonly name = 'NotARequest';
}

/** How one provider's wire reads and writes. */
export interface Wire {
  /** Throws NotARequest. */
  read(body: unknown): Omit<ModelAsked, 'promptBytes' | 'keyHeader' | 'retry'>;
  whole(asked: ModelAsked, says: ModelSays, id: string): unknown;
  frames(asked: ModelAsked, says: ModelSays, id: string, options: { includeUsage: boolean }): Frame[];
  /** In the middle of a stream: an error, and what is no JSON. */
  errorFrame(): string;
  readonly garbageFrame: string;
  /** `key`: as the client gave it; some say it again in their error. */
  fault(name: ModelFaultName, model: string, key: string): { status: number; body: unknown };
  invalid(message: string): unknown;
}

export const callsOf = ({ call, calls }: ModelSays): readonly ToolCall[] => calls ?? (call ? [call] : []);

export const argumentsText = ({ arguments: given }: ToolCall): string =>
  typeof given === 'string' ? given : JSON.stringify(given);

/** Of one answer: given, or a token for every four bytes. */
export function tokensOf(asked: ModelAsked, says: ModelSays): { promptTokens: number; completionTokens: number } {
  if (says.usage !== undefined && says.usage !== 'none') return says.usage;
  const parts = [says.text ?? '', ...callsOf(says).map(argumentsText), says.json ? JSON.stringify(says.json) : ''];
  const bytes = Buffer.byteLength(parts.join(''));
  return { promptTokens: Math.ceil(asked.promptBytes / 4), completionTokens: Math.max(1, Math.ceil(bytes / 4)) };
}

/** Between characters, never within one. */
export function piecesOf(text: string, says: ModelSays): string[] {
  const [pieces, characters] = [[] as string[], Array.from(text)];
  const size = says.pieceCharacters ?? 12;
  for (let at = 0; at < characters.length; at += size) pieces.push(characters.slice(at, at + size).join(''));
  return pieces;
}
