// Writes down what became of an attempt, and with it what becomes of the turn: one commit.
import type { ErrorInfo } from '@switchboard/contract';
import { crashPoint } from '@switchboard/service';
import type { InvocationRow, NewEvent, NewInvocation } from '@switchboard/store';
import { fetchArtifacts } from './fetch-artifacts.ts';
import type { Outcome } from './outcome.ts';
import { outcomeQuestion } from './questions.ts';
import { CancelRequested, type CoordinatorParts, commit, type Run } from './run.ts';
import { redacted, type StepPlace, told } from './told.ts';

export type StepEnd =
  | { readonly kind: 'succeeded'; readonly text: string; readonly output: Record<string, unknown> }
  /** It has failed, and whoever leads the turn is told. */
  | { readonly kind: 'failed' }
  /** The turn has ended, or asks. */
  | { readonly kind: 'over' }
  /** The agent is away; nothing was written. */
  | { readonly kind: 'waits'; readonly agent: string }
  /** Another attempt is due. */
  | { readonly kind: 'again'; readonly attempt: number };

/** The end of the turn if this is its last step: written in the same commit as the step's. */
export type Completion = (text: string, output: Record<string, unknown>) => CompletedTurn | undefined;
export interface CompletedTurn {
  readonly state: 'completed';
  readonly output: { readonly text: string; readonly data?: Record<string, unknown> };
  readonly events: readonly NewEvent[];
}

const canceled: ErrorInfo = { code: 'canceled', message: 'It was canceled' };
const unknown: ErrorInfo = { code: 'outcome-unknown', message: 'It may or may not have been done; nobody can tell' };

export interface Attempted {
  readonly place: StepPlace;
  readonly row: NewInvocation;
  readonly startedAt: Date;
  readonly outcome: Outcome;
  readonly completion: Completion;
}

export async function recordOutcome(parts: CoordinatorParts, run: Run, attempted: Attempted): Promise<StepEnd> {
  const { outcome, row, place } = attempted;
  const wanted = run.signal.reason instanceof CancelRequested;
  const end = (state: 'failed' | 'not-executed' | 'interrupted' | 'canceled', error?: ErrorInfo) => ({
    end: { id: row.id, state, ...(error && { error }) },
    event: told.ended(row.id, place.step, state, error ? { error } : {}),
  });
  const over = async (
    state: 'failed' | 'canceled',
    error: ErrorInfo,
    ended: ReturnType<typeof end>,
  ): Promise<StepEnd> => {
    await commit(parts, run, { state, error, end: ended.end, events: [ended.event, told.over(state, error)] });
    return { kind: 'over' };
  };

  /** A model that leads may find another way: the turn goes on. */
  const fail = async (error: ErrorInfo, state: 'failed' | 'not-executed'): Promise<StepEnd> => {
    if (run.saidToModel === undefined) return over('failed', error, end(state, error));
    // It broke in the middle of a deed: a model that is told `failed` might do it again a little differently.
    if (error.code === 'internal' && row.repeat !== 'safe') return recordUnknown(parts, run, attempted);
    const failed = end('failed', error);
    await commit(parts, run, { end: failed.end, events: [failed.event] });
    keep(run, attempted, { state: 'failed', error });
    return { kind: 'failed' };
  };

  switch (outcome.kind) {
    case 'away':
      return { kind: 'waits', agent: row.agent };
    case 'done':
      return succeed(parts, run, attempted, outcome);
    case 'unknown':
      return recordUnknown(parts, run, attempted);
    case 'failed':
      if (outcome.error.code === 'canceled') return over('canceled', canceled, end('canceled', outcome.error));
      return fail(outcome.error, 'failed');
    case 'refused':
      if (outcome.error.code !== 'overloaded' || wanted) {
        return wanted ? over('canceled', canceled, end('not-executed')) : fail(outcome.error, 'not-executed');
      }
      break;
    case 'not-executed':
    case 'interrupted':
      if (wanted) return over('canceled', canceled, end(outcome.kind));
      break;
  }
  const state = outcome.kind === 'interrupted' ? 'interrupted' : 'not-executed';
  const again = end(state);
  await commit(parts, run, { end: again.end, events: [again.event] });
  return { kind: 'again', attempt: row.attempt };
}

/** What ended under this claim is known without asking the store again. */
function keep(
  run: Run,
  { row, startedAt }: Attempted,
  ended: Pick<InvocationRow, 'state'> & Partial<Pick<InvocationRow, 'output' | 'text' | 'error'>>,
): void {
  const known = { ...row, turnId: run.turn.id, epoch: run.fence.epoch, output: null, text: null, error: null };
  const index = run.invocations.findIndex(({ id }) => id === row.id);
  run.invocations.splice(index === -1 ? run.invocations.length : index, index === -1 ? 0 : 1, {
    ...known,
    ...ended,
    startedAt,
    finishedAt: new Date(),
  });
}

async function succeed(
  parts: CoordinatorParts,
  run: Run,
  attempted: Attempted,
  outcome: Extract<Outcome, { kind: 'done' }>,
): Promise<StepEnd> {
  const { place, row, completion } = attempted;
  const owner = { turnId: run.turn.id, invocationId: row.id, agent: row.agent };
  await fetchArtifacts(parts, owner, outcome.artifacts, AbortSignal.timeout(60_000));
  const document = parts.directory.skill(row.skill)?.document;
  const ended = told.ended(row.id, place.step, 'succeeded', {
    output: redacted(outcome.output, document?.redact ?? []),
    ...(outcome.artifacts.length > 0 && { artifacts: outcome.artifacts }),
  });
  const end = { id: row.id, state: 'succeeded', output: outcome.output, text: outcome.text } as const;
  if (run.signal.reason instanceof CancelRequested) {
    await commit(parts, run, {
      state: 'canceled',
      error: canceled,
      end,
      events: [ended, told.over('canceled', canceled)],
    });
    return { kind: 'over' };
  }
  const { events = [], ...completed } = completion(outcome.text, outcome.output) ?? {};
  await commit(parts, run, { ...completed, end, events: [ended, ...events] });
  keep(run, attempted, { state: 'succeeded', output: outcome.output, text: outcome.text });
  crashPoint('G8');
  return { kind: 'succeeded', text: outcome.text, output: outcome.output };
}

/** Nobody can tell: the person is told what was tried, and asked. It does not hold up the session. */
async function recordUnknown(
  parts: CoordinatorParts,
  run: Run,
  { place, row, startedAt }: Attempted,
): Promise<StepEnd> {
  const title = parts.directory.skill(row.skill)?.document.title ?? row.skill;
  const question = outcomeQuestion(place.step, title, startedAt, parts.settings.questionMs);
  await commit(parts, run, {
    state: 'failed',
    error: unknown,
    end: { id: row.id, state: 'unknown', error: unknown },
    ask: question,
    events: [
      told.ended(row.id, place.step, 'unknown', { error: unknown }),
      told.asked(question),
      told.over('failed', unknown),
    ],
  });
  return { kind: 'over' };
}
