// What a model writes, passed on as it is written: in pieces that fit, and taken back when it comes to nothing.
import type { MessageOf, ModelPiece } from '@switchboard/contract';

export interface Writing {
  readonly piece: (piece: ModelPiece) => void;
  /** What was said so far is void: it was no answer, or it may come again. */
  readonly takeBack: () => void;
  /** Nothing is passed on any more. */
  readonly end: () => void;
}

const pieceCharactersMax = 2_000;

/** Never between the halves of a character. */
function* piecesOf(text: string): Generator<string> {
  for (let start = 0; start < text.length; ) {
    let end = Math.min(start + pieceCharactersMax, text.length);
    const last = text.charCodeAt(end - 1);
    if (end < text.length && last >= 0xd800 && last <= 0xdbff) end--;
    yield text.slice(start, end);
    start = end;
  }
}

/** `id` is that of the call to the model. */
export function createWriting(id: string, tell: (message: MessageOf<'progress'>) => void): Writing {
  let said = false;
  let ended = false;
  const takeBack = (): void => {
    if (said && !ended) tell({ v: 1, id, kind: 'reset', text: '' });
    said = false;
  };
  return {
    takeBack,
    piece(piece) {
      if ('reset' in piece) return takeBack();
      if (ended) return;
      for (const text of piecesOf(piece.text)) tell({ v: 1, id, kind: 'text', text });
      said = true;
    },
    end() {
      ended = true;
    },
  };
}
