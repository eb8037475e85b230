// One attempt at one model: on the book before, asked within its times, and settled by what it used.
import { type ModelRequest, type ModelUsage, SwitchboardError } from '@switchboard/contract';
import { DelegateBackoff, handleWhen, retry } from 'cockatiel';
import type { Book } from './book.ts';
import { costMicros, outputTokens, promptTokensMax, type Tokens } from './estimate.ts';
import { Failure } from './failure.ts';
import type { ModelSpec } from './model-spec.ts';
import { type ExplainOptions, explain } from './providers/explain.ts';
import type { Prepared, Provider } from './providers/provider.ts';
import { type Answer, createReading, type Reading } from './read-answer.ts';
import { createWatch, type Watch } from './watch.ts';

/** Of one attempt, when the provider takes nothing just now: more would be another model's time. */
const triesAgainMax = 2;
const waitMsMax = 10_000;
const firstWaitMs = 500;

export interface AttemptParts {
  readonly spec: ModelSpec;
  readonly provider: Provider;
  readonly key: ExplainOptions['key'];
  readonly book: Book;
}

export interface AttemptOptions {
  readonly request: ModelRequest;
  readonly asker: string;
  /** Counts up over all that is tried for one call. */
  readonly attempt: number;
  /** ISO: when the call ends, done or not. */
  readonly deadline: string;
  /** Aborted then; its reason is what the asker is told. */
  readonly signal: AbortSignal;
  readonly onText: (text: string) => void;
  /** Told of what was used, also when it came to nothing. */
  readonly onUsage: (usage: ModelUsage) => void;
}

function waitOf(error: unknown, tries: number): number {
  const asked = error instanceof Failure ? error.facts.waitMs : undefined;
  return asked ?? firstWaitMs * 2 ** tries * (1 - Math.random() / 4);
}

const isWorthWaiting = (error: unknown): boolean =>
  error instanceof Failure && error.facts.again === true && (error.facts.waitMs ?? 0) <= waitMsMax;

/** Again before the first byte alone, and only what the provider has said that it did not take. */
const patiently = retry(handleWhen(isWorthWaiting), {
  maxAttempts: triesAgainMax,
  backoff: new DelegateBackoff(({ result, attempt }: { result: unknown; attempt: number }) =>
    waitOf(result !== null && typeof result === 'object' && 'error' in result ? result.error : undefined, attempt - 1),
  ),
});

interface Sending {
  /** Something is with the provider of which nobody knows what became of it. */
  isOut: boolean;
}

async function read(
  parts: AttemptParts,
  prepared: Prepared,
  reading: Reading,
  watch: Watch,
  sending: Sending,
): Promise<Answer> {
  const { timeoutSeconds, idleSeconds, model } = parts.spec;
  const explained = (error: unknown): Failure => explain(error, { model, key: parts.key, isBegun: reading.isBegun });
  const late = (what: string, seconds: number) => () =>
    new Failure('away', `${what} for ${seconds} s`, { taken: true });
  watch.within(timeoutSeconds * 1000, late('there was no answer', timeoutSeconds));
  const stream = await patiently.execute(async () => {
    watch.signal.throwIfAborted();
    sending.isOut = true;
    try {
      return await prepared.open(watch.signal);
    } catch (error) {
      const failure = explained(error);
      sending.isOut = failure.facts.taken === true || watch.signal.aborted;
      throw failure;
    }
  }, watch.signal);
  try {
    for await (const part of stream) {
      watch.within(idleSeconds * 1000, late('the answer stood still', idleSeconds));
      reading.take(part);
    }
  } catch (error) {
    throw explained(error);
  }
  // A stream that was broken off by us ends like any other.
  watch.signal.throwIfAborted();
  return reading.answer();
}

/** Rejects with Failure, or with a SwitchboardError that no other model would mend. */
export async function attempt(parts: AttemptParts, options: AttemptOptions): Promise<Answer> {
  const { spec, book } = parts;
  const { request, asker, attempt: number, deadline, signal } = options;
  const sent = parts.provider.prepare(request, request.outputTokensMax);
  const completionTokens = outputTokens(request.outputTokensMax, sent.bytes, spec);
  if (completionTokens === undefined) {
    throw new Failure('too-large', `what was said is longer than the ${spec.contextTokens} tokens that it reads`);
  }
  const prepared =
    completionTokens === request.outputTokensMax ? sent : parts.provider.prepare(request, completionTokens);
  const most: Tokens = { promptTokens: promptTokensMax(prepared.bytes, request.messages.length + 1), completionTokens };
  const at = { v: 1 as const, call: request.id, attempt: number };
  signal.throwIfAborted();
  await book.reserve({
    ...at,
    asker,
    purpose: request.purpose,
    model: spec.name,
    tokensMax: most.promptTokens + most.completionTokens,
    costMicrosMax: costMicros(most, spec.price),
    deadline,
  });

  const watch = createWatch(signal);
  const reading = createReading(options.onText);
  const sending: Sending = { isOut: false };
  let used: Tokens | undefined;
  try {
    const answer = await read(parts, prepared, reading, watch, sending);
    // What a provider does not say is at most its bytes.
    used = {
      promptTokens: reading.promptTokens || most.promptTokens,
      completionTokens: reading.completionTokens || Math.min(reading.bytes, completionTokens),
    };
    return answer;
  } catch (error) {
    // Nobody knows what it has written since: the most that it may.
    if (sending.isOut) used = { ...most, promptTokens: reading.promptTokens || most.promptTokens };
    const reason: unknown = watch.signal.aborted ? watch.signal.reason : error;
    throw reason instanceof Failure || reason instanceof SwitchboardError ? reason : error;
  } finally {
    watch.end();
    const { promptTokens, completionTokens: written } = used ?? { promptTokens: 0, completionTokens: 0 };
    const usage = {
      promptBytes: used ? prepared.bytes : 0,
      promptTokens,
      completionTokens: written,
      costMicros: costMicros({ promptTokens, completionTokens: written }, spec.price),
    };
    book.settle({ ...at, ...usage });
    if (used) options.onUsage({ calls: 1, models: [spec.name], ...usage });
  }
}
