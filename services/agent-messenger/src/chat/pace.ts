// How fast one sender may speak: a program that has gone wrong must not fill the disk with turns.

const messagesMax = 30;
const windowMs = 60_000;
const sendersMax = 1_000;

export interface Pace {
  /** Whether a message of this sender, taken in by the network at this time, is still within the pace. Counts it. */
  allows(sender: string, at: Date): boolean;
}

/** By the time of the messages and not of the reading: what somebody wrote over a week may come in all at once. */
export function createPace(): Pace {
  const recent = new Map<string, number[]>();
  return {
    allows(sender, at) {
      const now = at.getTime();
      const times = (recent.get(sender) ?? []).filter((time) => Math.abs(now - time) < windowMs);
      recent.delete(sender);
      const isWithin = times.length < messagesMax;
      recent.set(sender, isWithin ? [...times, now] : times);
      for (const oldest of recent.keys()) {
        if (recent.size <= sendersMax) break;
        recent.delete(oldest);
      }
      return isWithin;
    },
  };
}
