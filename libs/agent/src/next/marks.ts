// Keeps what others wrote apart from what is asked: text between marks that nobody but this one question can know.
import { randomBytes } from 'node:crypto';
import type { Trust } from '@switchboard/contract';

export interface Marks {
  /** For the rules: what stands for the marks there. */
  readonly open: string;
  readonly close: string;
  /** Whether anything was marked. */
  used(): boolean;
  /** The text as it is, or, untrusted, between marks with a line that says whose it is. */
  wrap(text: string, trust: Trust, whose: string): string;
  /** A model that copies the marks shows them to nobody. */
  strip(text: string): string;
}

/** `secret` is what makes the marks unforgeable: new for each question, since a model may give an earlier one away. */
export function createMarks(secret: string = randomBytes(8).toString('hex')): Marks {
  const open = `<<${secret}`;
  const close = `${secret}>>`;
  let used = false;
  return {
    open,
    close,
    used: () => used,
    wrap(text, trust, whose) {
      if (trust === 'trusted') return text;
      used = true;
      return `${whose}, written by others:\n${open}\n${text.replaceAll(secret, '…')}\n${close}`;
    },
    strip: (text) => text.replaceAll(open, '').replaceAll(close, '').trim(),
  };
}
