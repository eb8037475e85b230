// At most so many at a time per name; who comes later waits in order.

export interface Limiter {
  /** Waits for a place under `name`; the returned function gives it back, once. Rejects with the signal's reason. */
  enter(name: string, max: number, signal: AbortSignal): Promise<() => void>;
}

interface Gate {
  inside: number;
  readonly waiting: (() => void)[];
}

export function createLimiter(): Limiter {
  const gates = new Map<string, Gate>();

  function leave(name: string, gate: Gate): () => void {
    let left = false;
    return () => {
      if (left) return;
      left = true;
      const next = gate.waiting.shift();
      if (next) next();
      else gate.inside -= 1;
      if (gate.inside === 0) gates.delete(name);
    };
  }

  return {
    async enter(name, max, signal) {
      signal.throwIfAborted();
      const gate = gates.get(name) ?? { inside: 0, waiting: [] };
      gates.set(name, gate);
      if (gate.inside < max) {
        gate.inside += 1;
        return leave(name, gate);
      }
      await new Promise<void>((resolve, reject) => {
        const give = (): void => {
          signal.removeEventListener('abort', stop);
          resolve();
        };
        const stop = (): void => {
          gate.waiting.splice(gate.waiting.indexOf(give), 1);
          reject(signal.reason);
        };
        gate.waiting.push(give);
        signal.addEventListener('abort', stop, { once: true });
      });
      return leave(name, gate);
    },
  };
}
