// Shows an answer while it is written, and afterwards only what of it has not been shown.
import type { Delta } from '../client/hear-text.ts';
import { plainText } from '../client/plain-text.ts';

export interface LiveText {
  hear(delta: Delta): void;
  /** A turn begins: from now on what is heard is shown. */
  begin(): void;
  /** What is left to print of its text: all of it where nothing, or something else, was shown. */
  end(text: string): string;
}

export function createLiveText(write: (text: string) => void): LiveText {
  let shown: string | undefined;
  let invocation = '';
  const fresh = (next: string): void => {
    if (shown) write('\n');
    shown = '';
    invocation = next;
  };
  return {
    begin() {
      shown = '';
      invocation = '';
    },
    hear({ invocation: of, kind, text }) {
      if (shown === undefined || kind === 'note') return;
      if (of !== invocation || kind === 'reset') fresh(of);
      if (kind === 'reset') return;
      const plain = plainText(text);
      shown += plain;
      write(plain);
    },
    end(text) {
      const before = shown ?? '';
      shown = undefined;
      if (before === '') return text;
      return text.startsWith(before) ? text.slice(before.length) : `\n${text}`;
    },
  };
}
