// The rule of two for steps that a model chose: what it was talked into by what it read needs a person, sandbox or not.
import type { Effect } from '@switchboard/contract';

/** Reading there tells the other side what was asked for: an address can carry anything out, anywhere. */
const outside: ReadonlySet<string> = new Set(['page']);

/** A name, or a few words: no address that leads out of the house, whoever reads it as one. */
const plainWords = /^\p{L}[\p{L}\p{N} _-]{0,99}$/u;

const around = new Set(' \t"\'“”‘’«»()<>[]{},.;:!?');

/** Without the marks that stand around a word in a sentence. */
function bare(word: string): string {
  let [from, to] = [0, word.length];
  while (from < to && around.has(word[from] ?? '')) from += 1;
  while (to > from && around.has(word[to - 1] ?? '')) to -= 1;
  return word.slice(from, to);
}

/** As whoever opens a page understands it: `shop.example` is meant as https. Undefined: as no address at all. */
function addressOf(text: string): string | undefined {
  const typed = text.trim();
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(typed) ? typed : `https://${typed}`);
  return url === null ? undefined : url.href.replace(/^http:/, 'https:');
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => [key, ...textsIn(member)]);
}

/**
 * Pure. True where a model that has read what somebody else wrote could do harm that policy lets a person do with plain
 * words: run code on the person's files, or carry something out in what it asks a page for. Only what the person has
 * said themselves is let through: what is not understood is not.
 */
export function needsPerson(
  effects: readonly Effect[],
  input: Readonly<Record<string, unknown>>,
  said: string,
): boolean {
  if (effects.some(({ class: effectClass }) => effectClass === 'execute')) return true;
  if (!effects.some(({ class: effectClass, on }) => effectClass === 'read' && outside.has(on))) return false;
  const words = said
    .split(/\s+/u)
    .map(bare)
    .filter((word) => word !== '');
  const addresses = new Set(words.map(addressOf));
  return textsIn(input).some((text) => {
    if (plainWords.test(text) || words.includes(text)) return false;
    const address = addressOf(text);
    return address === undefined || !addresses.has(address);
  });
}
