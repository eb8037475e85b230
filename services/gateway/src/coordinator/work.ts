// One claimed turn from claim to rest: driven, and whatever comes of it written down.
import { type ErrorInfo, SwitchboardError } from '@switchboard/contract';
import type { ClaimedTurn } from '@switchboard/store';
import { isGrave } from '../policy/decide.ts';
import { touchesMemory } from './conceal.ts';
import { drive } from './drive.ts';
import { CancelRequested, type CoordinatorParts, commit, LostClaim, type Run, wordsOf } from './run.ts';
import { told } from './told.ts';

const waitMs = 1_000;
const failedPauseMs = 1_000;

export interface WorkSignals {
  /** Of this turn: aborted with LostClaim or CancelRequested. */
  readonly turn: AbortSignal;
  /** Of the process: aborted with LostClaim when it drains. */
  readonly draining: AbortSignal;
}

/** Works on turns; never rejects. */
export type Work = (turn: ClaimedTurn, signals: WorkSignals) => Promise<void>;

export function createWork(parts: CoordinatorParts): Work {
  const { store } = parts;
  /** Turns that have been told once that they wait for their agent. */
  const waiting = new Set<string>();

  async function finish(run: Run, state: 'failed' | 'canceled', error: ErrorInfo): Promise<void> {
    const deadLetter = error.code === 'poison';
    await commit(parts, run, { state, error, deadLetter, events: [told.over(state, error)] });
  }

  /** Whether it is too late is for the next claim to say, which knows whether something may have been done. */
  async function wait(run: Run, agent: string): Promise<void> {
    if (!waiting.has(run.turn.id) || run.pending.events.length > 0) {
      waiting.add(run.turn.id);
      await commit(parts, run, { state: 'submitted', notBeforeMs: waitMs, events: [told.waiting(agent)] });
    } else if (!(await store.claims.defer(run.fence, waitMs, true))) throw new LostClaim();
  }

  async function afterError(run: Run, error: unknown): Promise<void> {
    if (error instanceof LostClaim) return run.log.info({ why: error.message }, 'claim lost; dropped');
    if (error instanceof CancelRequested) {
      return finish(run, 'canceled', { code: 'canceled', message: 'It was canceled' });
    }
    if (error instanceof SwitchboardError) return finish(run, 'failed', error.toInfo());
    run.log.error({ err: error }, 'a turn stumbled; it will be claimed again');
    await store.claims.defer(run.fence, failedPauseMs, false);
  }

  async function load(turn: ClaimedTurn, { turn: signal, draining }: WorkSignals): Promise<Run> {
    const { id, epoch } = turn;
    const run = {
      turn,
      fence: { id, epoch },
      log: parts.log.child({ turn: id, epoch }),
      signal,
      patience: AbortSignal.any([signal, draining]),
      pending: { events: [] },
      principal: turn.principal,
      allowedSkills: turn.allowedSkills,
      steps: [...(turn.plan ?? [])],
    };
    const led = turn.decision?.outcome === 'drive';
    // A first claim has nothing behind it but its session.
    if (epoch === 1) {
      const standing = { tainted: turn.tainted, grave: [] };
      return { ...run, standing, invocations: [], answered: [], thoughts: [], saidToModel: undefined };
    }
    const [invocations, answered, thoughts] = await Promise.all([
      store.turns.invocations(id),
      store.questions.answered(id),
      led ? store.thoughts.of(id) : [],
    ]);
    const grave = invocations.filter((row) => row.effects.some(isGrave)).map((row) => row.step);
    const standing = {
      tainted: turn.tainted,
      grave: [...new Set(grave)],
      ...(invocations.some(({ effects }) => touchesMemory(effects)) && { confides: true as const }),
    };
    const saidToModel = led ? wordsOf(turn, answered) : undefined;
    return { ...run, standing, invocations, answered, thoughts, saidToModel };
  }

  return async (turn, signals) => {
    parts.feed.follow(turn.id, turn.sessionId);
    try {
      const run = await load(turn, signals);
      try {
        const driven = await drive(parts, run);
        if (driven.kind === 'waits') await wait(run, driven.agent);
        else waiting.delete(turn.id);
      } catch (error) {
        await afterError(run, error);
      }
    } catch (error) {
      // The claim runs out, and the turn is claimed again.
      if (!(error instanceof LostClaim)) parts.log.error({ err: error, turn: turn.id }, 'a turn could not be written');
    }
  };
}
