// Turns that wait for a model: they are claimed, but take no place of those that are worked on.

export interface Thinking {
  /** How many there are. */
  readonly size: number;
  /** Until the returned function is called, once. */
  begin(turnId: string): () => void;
}

/** `onBegin` is told whenever a place has become free. */
export function createThinking(onBegin: () => void): Thinking {
  const turns = new Map<string, number>();
  return {
    get size() {
      return turns.size;
    },
    begin(turnId) {
      turns.set(turnId, (turns.get(turnId) ?? 0) + 1);
      onBegin();
      return () => {
        const left = (turns.get(turnId) ?? 1) - 1;
        if (left > 0) turns.set(turnId, left);
        else turns.delete(turnId);
      };
    },
  };
}
