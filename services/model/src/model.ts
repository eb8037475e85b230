// One named model: so many calls at a time, and left alone for a while when it fails again and again.
import type { ModelHere } from '@switchboard/contract';
import {
  BrokenCircuitError,
  BulkheadRejectedError,
  bulkhead,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
  TaskCancelledError,
} from 'cockatiel';
import { type AttemptOptions, type AttemptParts, attempt } from './attempt.ts';
import { Failure } from './failure.ts';
import { createAnthropic } from './providers/anthropic.ts';
import { createOpenai } from './providers/openai.ts';
import type { Provider, ProviderOptions } from './providers/provider.ts';
import type { Answer } from './read-answer.ts';

/** In a row, however many times each was tried. */
const failuresMax = 3;
const aloneMs = 10_000;

export interface Model {
  readonly name: string;
  /** Whether the one call that tries it again is under way: others need not wait for what comes of it. */
  isBeingTried(): boolean;
  /** Rejects with Failure, or with a SwitchboardError that no other model would mend. */
  ask(options: AttemptOptions): Promise<Answer>;
  here(): ModelHere['models'][number];
}

const providers: Readonly<Record<AttemptParts['spec']['api'], (options: ProviderOptions) => Provider>> = {
  openai: createOpenai,
  anthropic: createAnthropic,
};

/** What is wrong with the model, and not with what it was asked. */
const isItsFault = (error: unknown): boolean =>
  error instanceof Failure && (error.kind === 'away' || (error.kind === 'failed' && error.facts.taken === true));

export interface ModelOptions extends Omit<AttemptParts, 'provider'> {
  /** Its breaker has opened or closed. */
  readonly onChange?: () => void;
}

export function createModel({ onChange = () => {}, ...options }: ModelOptions): Model {
  const { spec, key } = options;
  const provider = providers[spec.api]({ ...spec, key: key?.value });
  const line = bulkhead(spec.concurrency, spec.waitingMax);
  const breaker = circuitBreaker(handleWhen(isItsFault), {
    halfOpenAfter: aloneMs,
    breaker: new ConsecutiveBreaker(failuresMax),
  });
  let [why, aloneUntil] = ['', 0];
  /** What the last call came to; empty: an answer. */
  let failed = '';
  const note = (next: string): void => {
    if (next === failed) return;
    failed = next;
    onChange();
  };
  breaker.onBreak((reason) => {
    why = 'error' in reason && reason.error instanceof Failure ? reason.error.message : 'it failed';
    aloneUntil = Date.now() + aloneMs;
    onChange();
  });
  breaker.onReset(onChange);
  const isAlone = (): boolean => breaker.state === CircuitState.Open && Date.now() < aloneUntil;

  return {
    name: spec.name,
    isBeingTried: () => breaker.state === CircuitState.HalfOpen,
    async ask(asked) {
      try {
        const answer = await line.execute(
          () => breaker.execute(() => attempt({ ...options, provider }, asked), asked.signal),
          asked.signal,
        );
        note('');
        return answer;
      } catch (error) {
        if (error instanceof Failure && error.kind !== 'too-large') note(error.message);
        if (error instanceof BulkheadRejectedError) throw new Failure('overloaded', 'as many calls wait as may');
        if (error instanceof BrokenCircuitError) throw new Failure('away', `${why} (left alone for a moment)`);
        if (error instanceof TaskCancelledError) throw asked.signal.reason;
        throw error;
      }
    },
    here() {
      const { name, provider: asked } = spec;
      const last = isAlone() ? why : failed;
      return { name, provider: asked, up: !isAlone(), ...(last !== '' && { why: last.slice(0, 300) }) };
    },
  };
}
