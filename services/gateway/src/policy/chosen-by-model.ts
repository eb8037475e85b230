// The rule of two for steps that a model chose: what it was talked into by what it read needs a person, words or not.
import type { Effect } from '@switchboard/contract';

/** Reading there tells the other side what was asked for: an address can carry anything out. */
const outside: ReadonlySet<string> = new Set(['page']);

const address =
  /^(?:[a-z][a-z0-9+.-]*:)?(?:\/\/)?(?:[\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)+|\[[0-9a-f:.]+\]|localhost)(?::\d+)?(?:[/?#].*)?$/iu;

/** Without what people leave out when they name a page. */
function plain(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/\/$/, '');
}

function addressesIn(value: unknown): string[] {
  if (typeof value === 'string') return address.test(value.trim()) ? [plain(value)] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(addressesIn);
}

const trimmed = /^[\s"'“”‘’«»(<[]+|[\s"'“”‘’«»)>\],.;:!?]+$/gu;

/**
 * Pure. True where a model that has read what somebody else wrote could do harm that policy lets a person do with plain
 * words: run code on the person's files, or carry something out in the address of a page that the person has not named.
 */
export function needsPerson(
  effects: readonly Effect[],
  input: Readonly<Record<string, unknown>>,
  said: string,
): boolean {
  if (effects.some(({ class: effectClass }) => effectClass === 'execute')) return true;
  if (!effects.some(({ class: effectClass, on }) => effectClass === 'read' && outside.has(on))) return false;
  // Whole words: `example.org` is not named by `example.org.evil.net`.
  const words = said.split(/\s+/u).map((word) => plain(word.replace(trimmed, '')));
  return addressesIn(input).some((wanted) => !words.includes(wanted));
}
