// Answers the model service before and after each attempt: may this be spent, and what was. The book is in the database.
import type { Bus } from '@switchboard/bus';
import { idSchema, type Reserve, SwitchboardError } from '@switchboard/contract';
import type { Log, Metrics } from '@switchboard/service';
import type { CallTurn, ModelCalls, Settlement } from '@switchboard/store';
import type { GatewayConfig } from '../config.ts';
import type { Directory } from '../directory.ts';
import { leadOf } from '../thinking/offer.ts';
import { budgetLimits } from './budget-limits.ts';
import { overBudget } from './over-budget.ts';

/** Who waits longer than those in front of it have to would be given up by whoever asked. */
const waitingMax = 500;
/** A call that is not settled this long after its deadline never will be: the model service died. */
const graceMs = 60_000;
const sweepMs = 15_000;
const sweptMax = 200;

export interface BudgetParts {
  readonly bus: Bus;
  readonly calls: ModelCalls;
  readonly directory: Directory;
  readonly config: GatewayConfig;
  readonly log: Log;
  readonly metrics: Metrics;
}

export interface Book {
  /** Takes no more; the sweep that is under way ends. */
  stop(): Promise<void>;
}

/** Whether it is on this turn that `asker` works: who leads it, or whose judgement was just asked for. */
function worksOn(parts: BudgetParts, { asker, purpose }: Reserve, { decision, consulted }: CallTurn): boolean {
  if (parts.directory.agent(asker) === undefined) return false;
  if (purpose === 'judge') return consulted === asker;
  // Who leads is written down with the first thought: until then it is who was told of the turn.
  if (decision === null || decision.outcome === 'ask') return true;
  if (decision.outcome !== 'drive') return false;
  const { directory, config } = parts;
  return leadOf({ directory, settings: { leadAgent: config.LEAD_AGENT } }, decision) === asker;
}

/** Throws `forbidden` for a turn that is not worked on, or not by who asked. */
async function checkTurn(parts: BudgetParts, asked: Reserve): Promise<void> {
  const turnId = asked.call.slice(0, 36);
  const thought = Number(asked.call.slice(37).split('-')[0]);
  const turn = idSchema.safeParse(turnId).success ? await parts.calls.turn(turnId, thought) : undefined;
  if (turn?.state !== 'working') throw new SwitchboardError('forbidden', 'No turn of this id is being worked on');
  const may =
    asked.asker === 'router' || asked.purpose === 'route' || thought === 0
      ? asked.asker === 'router' && asked.purpose === 'route' && thought === 0
      : worksOn(parts, asked, turn);
  if (!may) throw new SwitchboardError('forbidden', `${asked.asker} does not work on this turn`);
}

function createCounters(metrics: Metrics): (settled: Settlement) => void {
  const labels = ['model', 'purpose'] as const;
  const tokens = metrics.counter('switchboard_model_tokens_total', 'Tokens that models have used', labels);
  const cost = metrics.counter('switchboard_model_cost_usd_total', 'US dollars that models have cost', labels);
  return ({ model, purpose, tokens: more, micros }) => {
    // A counter only grows: what was presumed and then corrected stays counted.
    tokens.inc({ model, purpose }, Math.max(0, more));
    cost.inc({ model, purpose }, Math.max(0, micros) / 1_000_000);
  };
}

/** A word of ours as it is; whatever else went wrong, it is not on the book. */
function toTell(log: Log, error: unknown): SwitchboardError {
  if (error instanceof SwitchboardError) return error;
  log.error({ err: error }, 'the book of model spending could not be written');
  return new SwitchboardError('unavailable', 'The book of model spending cannot be written now');
}

export function answerBudget(parts: BudgetParts): Book {
  const { bus, calls, log } = parts;
  const limits = budgetLimits(parts.config);
  const count = createCounters(parts.metrics);
  let waiting = 0;

  async function oneOfMany<Reply>(work: () => Promise<Reply>): Promise<Reply> {
    if (waiting >= waitingMax) throw new SwitchboardError('overloaded', 'Too many model calls at once; ask again');
    waiting += 1;
    try {
      return await work();
    } catch (error) {
      throw toTell(log, error);
    } finally {
      waiting -= 1;
    }
  }
  const options = {
    onRefused: ({ code, message }: { code: string; message: string }, subject: string): void => {
      log[code === 'budget-exceeded' ? 'info' : 'warn']({ subject, code, message }, 'a model call was refused');
    },
  };

  bus.respond(
    'reserve',
    ({ message }) =>
      oneOfMany(async () => {
        await checkTurn(parts, message);
        const over = await calls.reserve(message, limits);
        if (over) throw overBudget(over, limits, new Date());
        return { v: 1 as const };
      }),
    options,
  );
  bus.respond(
    'settle',
    ({ message }) =>
      oneOfMany(async () => {
        const settled = await calls.settle(message);
        if (!settled) throw new SwitchboardError('not-found', 'This attempt was never reserved');
        count(settled);
        return { v: 1 as const };
      }),
    options,
  );

  let sweeping: Promise<void> = Promise.resolve();
  async function sweep(): Promise<void> {
    try {
      const settled = await calls.settleOverdue(graceMs, sweptMax);
      settled.forEach(count);
      if (settled.length > 0) log.warn({ calls: settled.length }, 'model calls were never settled; they count in full');
    } catch (error) {
      log.error({ err: error }, 'model calls that were never settled could not be looked for');
    }
  }
  const timer = setInterval(() => {
    sweeping = sweeping.then(sweep);
  }, sweepMs);
  return {
    async stop() {
      clearInterval(timer);
      await sweeping;
    },
  };
}
