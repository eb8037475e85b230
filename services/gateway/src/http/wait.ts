// Waiting in a call until a turn ends or asks, as long as the caller prefers to.
import { isTerminal, SwitchboardError, waitSecondsMax } from '@switchboard/contract';
import type { TurnView } from '@switchboard/store';
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
  readonly turnId: string;
  readonly sessionId: string;
  readonly principalId: string;
}

/** The turn as it stands when it ends, asks, or the time is over. `begin` runs when events can no longer be missed. */
export async function waitForTurn(deps: HttpDeps, place: TurnPlace, seconds: number): Promise<TurnView> {
  const { store, feed } = deps;
  const until = Date.now() + seconds * 1_000;
  let wake = (): void => {};
  let told = false;
  const unhear = feed.hear(place.sessionId, {
    event(event) {
      if (event.turn !== place.turnId) return;
      if (event.type !== 'question-asked' && !/^turn-(completed|failed|canceled|rejected)$/.test(event.type)) return;
      told = true;
      wake();
    },
  });
  try {
    for (;;) {
      const view = await store.turns.view(place.turnId, place.principalId);
      if (!view) throw new SwitchboardError('not-found', 'There is no such turn');
      const remaining = until - Date.now();
      if (isSettled(view) || remaining <= 0 || deps.stopping.aborted) return view;
      if (!told) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, Math.min(remaining, lookMs));
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      told = false;
    }
  } finally {
    unhear();
  }
}
