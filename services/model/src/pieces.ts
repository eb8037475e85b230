// Pieces of a text on their way to whoever waits for it: gathered for a moment, so that many streams cost little.
import type { ModelPiece } from '@switchboard/contract';

const gatherMs = 40;

export interface Pieces {
  text(text: string): void;
  /** What came so far is void. */
  reset(): void;
  /** What is gathered goes out: before the answer does. */
  flush(): void;
}

export function createPieces(say: (piece: ModelPiece) => void): Pieces {
  let gathered = '';
  let isSaid = false;
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (gathered === '') return;
    const text = gathered;
    gathered = '';
    isSaid = true;
    say({ v: 1, text });
  };
  return {
    text(text) {
      gathered += text;
      timer ??= setTimeout(flush, gatherMs);
    },
    reset() {
      gathered = '';
      flush();
      if (isSaid) say({ v: 1, reset: true });
      isSaid = false;
    },
    flush,
  };
}
