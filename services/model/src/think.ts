// One call: the models in their order, until one answers.
import { type ModelReply, type ModelRequest, type ModelUsage, SwitchboardError, sumUsage } from '@switchboard/contract';
import type { Log } from '@switchboard/service';
import { Failure, type NamedFailure, noModelLeft } from './failure.ts';
import type { Model } from './model.ts';
import type { Pieces } from './pieces.ts';

export interface Thinking {
  readonly request: ModelRequest;
  readonly asker: string;
  /** Counts up, also over calls of the same id; undefined: that was often enough. */
  readonly nextAttempt: () => number | undefined;
  readonly deadline: () => string;
  readonly signal: AbortSignal;
  readonly pieces: Pieces;
}

export type Think = (thinking: Thinking) => Promise<ModelReply>;

const isOverBudget = (error: unknown): error is SwitchboardError =>
  error instanceof SwitchboardError && error.code === 'budget-exceeded';

/** Rejects with SwitchboardError. */
export function createThink(models: readonly Model[], log: Log): Think {
  return async ({ request, asker, nextAttempt, deadline, signal, pieces }) => {
    const failures: NamedFailure[] = [];
    const usages: ModelUsage[] = [];
    // Of the first: whoever asks is told of the model that they would have had.
    let over: SwitchboardError | undefined;
    const { id: call, purpose } = request;
    const startedAt = performance.now();
    for (const [at, model] of models.entries()) {
      if (model.isBeingTried() && at < models.length - 1) {
        failures.push({ model: model.name, failure: new Failure('away', 'is being tried again') });
        continue;
      }
      signal.throwIfAborted();
      const attempt = nextAttempt();
      if (attempt === undefined) throw over ?? new SwitchboardError('unavailable', 'This call was tried often enough');
      try {
        const answer = await model.ask({
          request,
          asker,
          attempt,
          deadline: deadline(),
          signal,
          onText: pieces.text,
          onUsage: (usage) => usages.push(usage),
        });
        pieces.flush();
        const usage = sumUsage(usages);
        const ms = Math.round(performance.now() - startedAt);
        log.info({ call, asker, purpose, model: model.name, stop: answer.stop, ms, usage }, 'answered');
        const { text, stop } = answer;
        return { v: 1, id: call, text, ...(answer.call ? { call: answer.call } : {}), stop, usage };
      } catch (error) {
        // Too dear, or too long: the next one may cost less, or nothing.
        if (isOverBudget(error)) {
          over ??= error;
          log.info({ call, asker, purpose, model: model.name }, 'a model does not fit into a budget');
          continue;
        }
        if (!(error instanceof Failure)) throw error;
        pieces.reset();
        failures.push({ model: model.name, failure: error });
        log.warn({ call, asker, purpose, model: model.name, attempt, why: error.message }, 'a model did not answer');
        if (error.facts.detail) log.debug({ call, detail: error.facts.detail }, 'what its provider said');
      }
    }
    throw over ?? noModelLeft(failures);
  };
}
