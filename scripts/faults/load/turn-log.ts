// What the clients know of every turn: what was said, what was accepted, and what they were told became of it.
import type { Event } from '@switchboard/contract';
import type { PlannedAct } from '../plan.ts';

export interface LoggedTurn {
  /** The client's own key: `s<session>.<turn>`. */
  readonly key: string;
  readonly acts: readonly PlannedAct[];
  posts: number;
  /** Every id that any post of this key was answered with. */
  readonly ids: Set<string>;
  acceptedAt?: number;
  endedAt?: number;
}

export interface LoggedSession {
  readonly id: string;
  readonly turns: LoggedTurn[];
}

export interface TurnLog {
  readonly sessions: readonly LoggedSession[];
  accepted(turn: LoggedTurn, id: string): void;
  /** An event that a client was told of. */
  told(event: Event): void;
  /** Accepted and not ended, as far as the clients know; and how many skills run at this moment. */
  inFlight(): { open: number; running: number };
  /** Resolves when every accepted turn has been told to end, or after `timeoutMs`. */
  settled(timeoutMs: number): Promise<boolean>;
}

const terminal = /^turn-(completed|failed|canceled|rejected)$/;

export function createTurnLog(sessions: readonly LoggedSession[]): TurnLog {
  const byId = new Map<string, LoggedTurn>();
  const early = new Map<string, number>();
  const running = new Set<string>();
  let open = 0;

  function end(turn: LoggedTurn, at: number): void {
    if (turn.endedAt !== undefined) return;
    turn.endedAt = at;
    open--;
  }

  return {
    sessions,
    accepted(turn, id) {
      turn.ids.add(id);
      if (turn.acceptedAt !== undefined) return;
      turn.acceptedAt = Date.now();
      byId.set(id, turn);
      open++;
      const endedAt = early.get(id);
      if (endedAt !== undefined) end(turn, endedAt);
    },
    told({ type, turn, data }) {
      const invocation = String(data['invocation']);
      if (type === 'step-started') running.add(invocation);
      if (type === 'step-ended') running.delete(invocation);
      if (turn === null || !terminal.test(type)) return;
      const known = byId.get(turn);
      if (known) end(known, Date.now());
      else early.set(turn, Date.now());
    },
    inFlight: () => ({ open, running: running.size }),
    async settled(timeoutMs) {
      const until = Date.now() + timeoutMs;
      while (open > 0) {
        if (Date.now() > until) return false;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      return true;
    },
  };
}
