// Waiting in a call until a turn ends or asks, as long as the caller prefers to.
import { isTerminal, SwitchboardError, waitSecondsMax } from '@switchboard/contract';
import type { Own, TurnView } from '@switchboard/store';
import type { HttpDeps } from './deps.ts';

/** An event can be missed when another gateway works on the turn and the bus is away. */
const lookMs = 1_000;

/** `Prefer: wait=N` (RFC 7240), in seconds; 0 without it. */
export function preferredWait(prefer: string | undefined): number {
  const seconds = /(?:^|[,;\s])wait\s*=\s*"?(\d{1,4})"?/i.exec(prefer ?? '')?.[1];
  return Math.min(Number(seconds ?? 0), waitSecondsMax);
}

export function isSettled(view: TurnView): boolean {
  return isTerminal(view.turn.state) || view.turn.state === 'input-required' || view.turn.state === 'auth-required';
}

export interface TurnPlace {
  /** This very call has set it going: something will be heard of it. */
  readonly moved: boolean;
  readonly turnId: string;
  readonly own: Own;
}

/**
 * The turn as it stands when it ends, asks, or the time is over. `listening` begins before the turn can move: what the
 * turn does in the meantime is heard, and only then looked up.
 */
export async function waitForTurn(
  deps: HttpDeps,
  place: TurnPlace,
  listening: Listening,
  seconds: number,
): Promise<TurnView> {
  const until = Date.now() + seconds * 1_000;
  // One that has just been set going is not worth a look before something is heard of it.
  if (place.moved && seconds > 0) await listening.heard(place.turnId, Math.min(seconds * 1_000, lookMs));
  for (;;) {
    const view = await place.own.turns.view(place.turnId);
    if (!view) throw new SwitchboardError('not-found', 'There is no such turn');
    const remaining = until - Date.now();
    if (isSettled(view) || remaining <= 0 || deps.stopping.aborted) return view;
    await listening.heard(place.turnId, Math.min(remaining, lookMs));
  }
}

export interface Listening {
  /** Resolves when the turn has ended or asked since the last call, or after `ms`. */
  heard(turnId: string, ms: number): Promise<void>;
  stop(): void;
}

const resting = /^(turn-(completed|failed|canceled|rejected)|question-asked)$/;

export function listenTo({ feed }: HttpDeps, sessionId: string): Listening {
  const rested = new Set<string>();
  let wake = (): void => {};
  const stop = feed.hear(sessionId, {
    event({ turn, type }) {
      if (turn === null || !resting.test(type)) return;
      rested.add(turn);
      wake();
    },
  });
  return {
    stop,
    async heard(turnId, ms) {
      const until = Date.now() + ms;
      while (!rested.delete(turnId) && Date.now() < until) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, until - Date.now());
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
    },
  };
}
