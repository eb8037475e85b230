// One call while it is in an agent's hands: who may cut it off, when, and when it does not let itself be cut off.
import { SwitchboardError } from '@switchboard/contract';

/** A handler that has not settled so long after it was cut off never will. */
const stuckMs = 10_000;

/** canceled: a person said so. deadline-exceeded: its time is over. unavailable, agent-unavailable: the agent has to end. */
export type CutOff = 'canceled' | 'deadline-exceeded' | 'unavailable' | 'agent-unavailable';

export interface Call {
  readonly signal: AbortSignal;
  /** Cuts it off with `deadline-exceeded` in so many milliseconds; may be called again for an earlier end. */
  endIn(ms: number): void;
  /** The first reason counts. */
  cutOff(code: CutOff, message: string): void;
  /** It has settled: nothing of it may go on. */
  settle(): void;
}

export function createCall(onStuck: () => void): Call {
  const controller = new AbortController();
  const timers: NodeJS.Timeout[] = [];
  const after = (ms: number, then: () => void): void => {
    timers.push(setTimeout(then, Math.max(0, ms)));
  };
  const cutOff = (code: CutOff, message: string): void => {
    if (controller.signal.aborted) return;
    after(stuckMs, onStuck);
    controller.abort(new SwitchboardError(code, message));
  };
  return {
    signal: controller.signal,
    cutOff,
    endIn: (ms) => after(ms, () => cutOff('deadline-exceeded', 'It was not done in time')),
    settle() {
      for (const timer of timers) clearTimeout(timer);
      controller.abort(new SwitchboardError('conflict', 'This call has ended'));
    },
  };
}

/** Whether a promise settles in so many milliseconds, either way. */
export async function settlesIn(promise: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, ms, false);
  });
  const settled = promise.then(
    () => true,
    () => true,
  );
  try {
    return await Promise.race([settled, late]);
  } finally {
    clearTimeout(timer);
  }
}
